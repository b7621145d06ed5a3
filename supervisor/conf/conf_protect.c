/* SPDX-License-Identifier: ISC */
/*
 * skills.NAME.protect: names that stay as they are in writable grants.  The
 * default is what is executed, or decides what is, when a person or a tool
 * opens the directory, logs in, or asks for a key.
 */
#include "config.h"

#include "common/protect.h"
#include "supervisor/conf/conf_priv.h"

static const char *const usual[] = {
	/* git: what its commands execute, and what leads to that */
	".git/hooks", ".git/config", ".git/config.worktree",
	".git/commondir", ".git/modules/**/hooks", ".git/modules/**/config",
	".git/modules/**/config.worktree", ".git/modules/**/commondir",
	".git/worktrees/*/commondir", ".git/worktrees/*/config.worktree",
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

static int
names_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	return (get_list(cx, v, k->max, protect_wrong, 1, key_at(k, of)));
}

static void
names_init(const struct key *k, void *of)
{
	const char *const *s;

	for (s = usual; *s != NULL; s++)
		strv_add(key_at(k, of), *s);
}

const struct key_kind kind_NAMES = { .name = "names", .get = names_get,
    .show = list_show, .init = names_init, .free = list_free };
