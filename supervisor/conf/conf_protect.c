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
	".mcp.json", ".claude", ".codex", ".gemini",
};

void
protect_default(struct strv *to)
{
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		strv_add(to, usual[i]);
}

int
get_protect(struct cx *cx, struct node n, void *to)
{
	const char *why, *s;
	struct node kid;
	size_t i;
	int rc;

	rc = get_texts(cx, n, CONF_MAXLIST, to);
	if (!json_is_array(n.v))
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if (!json_is_string(kid.v))
			continue;
		s = json_string_value(kid.v);
		if (s[0] != '\0' && (why = protect_wrong(s)) != NULL) {
			cx_err(cx, kid.p, "\"%s\": %s", s, why);
			rc = -1;
		}
	}
	return (rc);
}
