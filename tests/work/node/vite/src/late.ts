export const log = (): void => console.log("late");
