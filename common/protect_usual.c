/* SPDX-License-Identifier: ISC */
/* Names that are protected unless a skill says otherwise. */
#include "config.h"

#include "common/protect.h"

const char *const protect_usual[] = {
	/* git: what its commands execute, and what leads to that */
	".git/hooks", ".git/config", ".git/config.worktree",
	".git/commondir", ".git/modules/**/hooks", ".git/modules/**/config",
	".git/modules/**/config.worktree", ".git/modules/**/commondir",
	".git/worktrees/*/commondir", ".git/worktrees/*/config.worktree",
	".git/worktrees/*/config", ".git/worktrees/*/hooks",
	/* and what it pushes to, by a name that no configuration has */
	".git/remotes", ".git/branches", ".git/worktrees/*/remotes",
	".git/worktrees/*/branches", ".git/modules/**/remotes",
	".git/modules/**/branches", ".git.git",
	".gitconfig", ".config/git",
	/* shells, when they start */
	".bashrc", ".bash_profile", ".bash_login", ".bash_logout",
	".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile",
	".zlogin", ".zlogout", ".kshrc", ".mkshrc", ".cshrc", ".tcshrc",
	".login", ".logout", ".inputrc", ".config/fish", ".envrc",
	/* sessions */
	".xprofile", ".xinitrc", ".xsession", ".xsessionrc",
	".pam_environment", ".config/autostart", ".config/systemd",
	".config/environment.d", ".local/share/systemd",
	/* keys and passwords */
	".ssh", ".gnupg", ".netrc",
	/* editors */
	".vscode", ".idea", ".zed", ".cursor", ".vim", ".vimrc", ".gvimrc",
	".exrc", ".nvimrc", ".nvim.lua", ".emacs", ".emacs.d",
	".dir-locals.el", ".config/nvim", ".config/emacs", ".tmux.conf",
	".config/tmux",
	/* agents */
	".mcp.json", ".claude", ".codex", ".gemini", NULL
};
