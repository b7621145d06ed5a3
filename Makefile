# SPDX-License-Identifier: ISC
#
# One Makefile for everything; run it at the top of the tree (GNU make).
# ./configure fills build/; B=DIR takes another build directory, made with
#	mkdir -p DIR && cd DIR && ../../configure OPTIONS
# make help lists the targets.

B =		build
DESTDIR =
V =		0

.DEFAULT_GOAL =	all
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

# Targets that need no configuration.
NOCONF =	help check-vm clean distclean configure judges
ifneq ($(filter-out $(NOCONF),$(or $(MAKECMDGOALS),all)),)
ifeq ($(wildcard $(B)/config.mk),)
$(error $(B) is not configured: run autoconf && autoheader && ./configure)
endif
endif
-include $(B)/config.mk

### Sources

# Without libsodium and with it; the supervisor links the first alone.
COMMON_SRC =	common/bpf.c common/buf.c common/cberr.c common/civil.c \
		common/decimal.c \
		common/estop.c common/execs.c common/field.c \
		common/field_json.c common/files.c common/forwardto.c common/hostlack.c \
		common/immutable.c \
		common/takeover.c \
		common/io.c common/ipc.c common/ipc_ev.c common/keyfile.c \
		common/keyin.c common/knownmask.c \
		common/knownname.c common/knownsecret.c common/knownvalue.c \
		common/landlock.c common/lastuse.c common/limits.c \
		common/log.c \
		common/mask.c common/memlock.c common/msg.c common/payload.c \
		common/plan.c common/payload_told.c \
		common/plan_bound.c common/plan_show.c common/priv.c \
		common/outfile.c common/protect.c common/protect_usual.c \
		common/redactre.c common/room.c common/within.c \
		common/refused.c common/result.c common/rolefilter.c \
		common/shape.c common/terms.c common/text.c common/varname.c \
		common/waitstatus.c common/words.c common/xconf.c \
		common/xmalloc.c \
		common/record/kind.c common/record/logseg.c \
		common/policy/again.c \
		common/policy/danger.c common/policy/danger_text.c \
		common/policy/envsplit.c common/policy/grammar.c \
		common/policy/part.c common/policy/part_code.c \
		common/policy/part_list.c common/policy/pattern.c \
		common/policy/pattern_cmd.c common/policy/pattern_cover.c \
		common/policy/pattern_find.c common/policy/pattern_opts.c \
		common/policy/pattern_sample.c \
		common/policy/pattern_text.c common/policy/policy.c \
		common/policy/policy_note.c \
		common/policy/removal.c common/policy/rule_allow.c \
		common/policy/rule_find.c common/policy/shell.c \
		common/policy/shell_doc.c common/policy/shell_field.c \
		common/policy/shell_lex.c common/policy/shell_parse.c \
		common/policy/shell_vars.c common/policy/shell_walk.c \
		common/policy/shell_word.c common/policy/verdict.c \
		common/policy/wrap.c common/policy/wrap_table.c \
		common/proctree.c
COMMON_SODIUM_SRC =	common/base64.c common/fingerprint.c common/plan_digest.c common/rolemain.c common/ticket.c
# The log, for those that write, read or check it: the auditor and the client.
RECORD_SRC =	common/record/json.c common/record/lines.c \
		common/record/logdir.c common/record/pruned.c \
		common/record/logscan.c \
		common/record/packed.c \
		common/record/record.c common/record/seal.c \
		common/record/sealfile.c common/record/told.c \
		common/record/torn.c \
		common/record/tree.c common/record/treeproof.c \
		common/record/members.c
# In place of common/ipc_ev.c in programs without an event loop.
NOEV_SRC =	common/ipc_noev.c
SUPERVISOR_SRC =	supervisor/clawbotd.c supervisor/clock.c \
		supervisor/exit.c supervisor/heartbeat.c supervisor/ids.c \
		supervisor/loop.c supervisor/notify.c supervisor/relay.c \
		supervisor/roleget.c supervisor/roles.c supervisor/secretver.c \
		supervisor/states.c supervisor/stop.c \
		supervisor/ask/admit.c supervisor/ask/approve.c \
		supervisor/ask/ask.c supervisor/ask/audit.c supervisor/ask/saying.c \
		supervisor/ask/doctor.c supervisor/ask/list.c \
		supervisor/ask/logs.c supervisor/ask/mayask.c \
		supervisor/ask/reason.c \
		supervisor/ask/reload.c supervisor/ask/secret.c \
		supervisor/ask/slots.c \
		supervisor/ask/skillwhy.c \
		supervisor/ask/standask.c supervisor/ask/status.c \
		supervisor/ask/statuslog.c \
		supervisor/ask/prune.c supervisor/ask/stopping.c supervisor/ask/tryline.c \
		supervisor/ask/turndown.c \
		supervisor/ask/why.c \
		supervisor/boot/accounts.c \
		supervisor/boot/boot.c supervisor/boot/bootcg.c \
		supervisor/boot/bootconf.c supervisor/boot/dirs.c \
		supervisor/boot/draftsay.c supervisor/boot/fixparts.c \
		supervisor/boot/forwardat.c \
		supervisor/boot/layout.c \
		supervisor/boot/look.c \
		supervisor/boot/lookname.c supervisor/boot/maskkey.c \
		supervisor/boot/proc.c \
		supervisor/client/accept.c \
		supervisor/client/claims.c \
		supervisor/client/client.c supervisor/client/door.c \
		supervisor/run/diskroom.c supervisor/client/lineage.c supervisor/client/listing.c \
		supervisor/client/login.c supervisor/client/origin.c \
		supervisor/client/places.c supervisor/client/unread.c \
		supervisor/conf/conf.c \
		supervisor/conf/conf_channel.c supervisor/conf/conf_check.c \
		supervisor/conf/conf_differ.c supervisor/conf/conf_file.c \
		supervisor/conf/conf_get.c supervisor/conf/conf_given.c \
		supervisor/conf/conf_keys.c \
		supervisor/conf/conf_kind.c supervisor/conf/conf_looked.c \
		supervisor/conf/conf_main.c \
		supervisor/conf/conf_path.c supervisor/conf/conf_pattern.c \
		supervisor/conf/conf_profile.c \
		supervisor/conf/conf_protect.c supervisor/conf/conf_skill.c \
		supervisor/conf/conf_tests.c supervisor/conf/conf_value.c \
		supervisor/conf/people.c \
		supervisor/conf/conf_vars.c \
		supervisor/conf/conf_who.c supervisor/conf/conf_wrap.c \
		supervisor/conf/judge.c supervisor/conf/review.c \
		supervisor/conf/trial.c \
		supervisor/run/advice.c \
		supervisor/run/breaker.c supervisor/run/denied.c \
		supervisor/run/detach.c \
		supervisor/run/emergency.c \
		supervisor/run/engine.c \
		supervisor/run/execrows.c supervisor/run/forward.c \
		supervisor/run/lapsed.c supervisor/run/logchecks.c \
		supervisor/run/operation.c supervisor/run/plancheck.c \
		supervisor/run/question.c supervisor/run/quota.c \
		supervisor/run/releases.c supervisor/run/window.c \
		supervisor/run/recording.c \
		supervisor/run/refusal.c supervisor/run/rejudge.c \
		supervisor/run/newconf.c supervisor/run/notice.c \
		supervisor/run/noticeq.c supervisor/run/resolveq.c \
		supervisor/run/run.c supervisor/run/runaction.c \
		supervisor/run/rundecide.c supervisor/run/runend.c \
		supervisor/run/runexec.c \
		supervisor/run/runrecord.c supervisor/run/share.c \
		supervisor/run/standing.c supervisor/run/standrun.c \
		supervisor/run/tripped.c supervisor/run/veil.c
EXECUTOR_SRC =	executor/allcaps.c executor/asks.c executor/cgroup.c \
		executor/cores.c executor/digests.c \
		executor/env.c executor/etcwatch.c executor/exec_msg.c \
		executor/exec_reload.c executor/exec_stop.c \
		executor/grantwatch.c \
		executor/execorder.c executor/fds.c executor/hook.c \
		executor/hostile.c \
		executor/ident.c executor/idns.c executor/inside.c \
		executor/lack.c \
		executor/limitstatus.c executor/lockin.c executor/main.c \
		executor/mnt.c executor/operand.c executor/parcel.c \
		executor/patwords.c \
		executor/payer.c executor/planfile.c \
		executor/pool.c executor/printfile.c executor/redact.c executor/redactpat.c \
		executor/runnerctl.c \
		executor/lastcalls.c executor/ruleset.c \
		executor/score.c executor/shared.c \
		executor/spool.c executor/turns.c \
		executor/xexecs.c executor/xrun.c \
		executor/battery/probe.c executor/battery/probe_files.c \
		executor/battery/probe_modes.c executor/battery/probe_names.c \
		executor/battery/probe_net.c executor/battery/probe_priv.c \
		executor/battery/probe_proc.c \
		executor/battery/probe_sys.c executor/battery/probemain.c \
		executor/battery/probereport.c executor/box/copy.c \
		executor/box/drop.c \
		executor/box/exec.c executor/box/filter.c executor/box/init.c \
		executor/box/loopback.c executor/box/meminfo.c \
		executor/box/mounts.c executor/box/nested.c \
		executor/box/pty.c \
		executor/box/rlimits.c executor/box/trouble.c \
		executor/exam/doctor.c executor/exam/exam.c \
		executor/exam/examiner.c executor/exam/exec_ready.c \
		executor/exam/selfcheck.c executor/resolver/lookup.c \
		executor/resolver/resolver.c executor/resolver/slices.c \
		executor/runner/arbiter.c executor/runner/arbiterask.c \
		executor/runner/arbiterfile.c executor/runner/arbiterheld.c \
		executor/runner/arbiterjudge.c executor/runner/arbiterkept.c \
		executor/runner/arbiterlog.c executor/runner/arbiterrules.c \
		executor/runner/arbitersay.c executor/runner/arbiterway.c \
		executor/runner/changed.c executor/runner/gate.c \
		executor/runner/hostile_runner.c \
		executor/runner/forms.c executor/runner/input.c \
		executor/runner/keep.c executor/runner/lately.c \
		executor/runner/scrub.c \
		executor/runner/masker.c executor/runner/maskread.c \
		executor/runner/needles.c \
		executor/runner/match.c executor/runner/output.c \
		executor/runner/rundoor.c \
		executor/runner/runner.c \
		executor/runner/runplan.c executor/runner/runresult.c \
		executor/runner/runsecret.c executor/runner/runstart.c \
		executor/runner/runclock.c executor/runner/runusage.c \
		executor/runner/term.c \
		executor/spawner/etcnew.c executor/spawner/groups.c \
		executor/spawner/hostile_spawner.c executor/spawner/main.c \
		executor/spawner/renew.c executor/spawner/spawner.c \
		executor/view/grant.c executor/view/view.c \
		executor/view/viewagain.c executor/view/viewetc.c \
		executor/view/viewinner.c \
		executor/view/viewlinks.c executor/view/viewown.c \
		executor/watch/bind.c \
		executor/watch/call.c executor/watch/caller.c \
		executor/watch/changes.c executor/watch/device.c \
		executor/watch/draft.c \
		executor/watch/progfile.c executor/watch/gitaddress.c \
		executor/watch/gitconf.c executor/watch/gitindex.c \
		executor/watch/gitkeys.c executor/watch/gitsum.c \
		executor/watch/gitname.c \
		executor/watch/hold.c \
		executor/watch/hostile_init.c executor/watch/images.c \
		executor/watch/kept.c executor/watch/loaded.c \
		executor/watch/loader.c executor/watch/mark.c \
		executor/watch/memory.c executor/watch/name.c \
		executor/watch/open.c \
		executor/watch/seize.c executor/watch/skip.c \
		executor/watch/skipindex.c \
		executor/watch/skiplink.c \
		executor/watch/skipwho.c \
		executor/watch/sought.c executor/watch/tell.c \
		executor/watch/thread.c \
		executor/watch/wait.c executor/watch/walk.c \
		executor/watch/walkproc.c \
		executor/watch/watch.c executor/watch/watchfilter.c
AUDITOR_SRC =	auditor/answers.c auditor/audit_msg.c auditor/closed.c \
		auditor/audit_end.c auditor/audit_ready.c auditor/batch.c \
		auditor/auditor.c auditor/chain.c auditor/cut.c \
		auditor/execlog.c auditor/hostile_auditor.c auditor/main.c \
		auditor/known.c auditor/lowroom.c auditor/newrules.c \
		auditor/openruns.c auditor/outstore.c auditor/packfile.c \
		auditor/packcheck.c auditor/outnames.c auditor/outpack.c auditor/outshare.c \
		auditor/packing.c auditor/query.c auditor/queryaim.c \
		auditor/queryfile.c auditor/querycopies.c auditor/rounds.c \
		auditor/roundlook.c auditor/roundread.c auditor/damage.c \
		auditor/damagesaid.c auditor/storetell.c \
		auditor/fixed.c auditor/fixing.c \
		auditor/recents.c auditor/carry.c auditor/gone.c \
		auditor/prune.c auditor/pruneact.c auditor/recfields.c \
		auditor/clockstep.c auditor/recover.c auditor/sealing.c \
		auditor/sealkey.c auditor/segment.c auditor/startread.c \
		auditor/logwatch.c auditor/stops.c auditor/runindex.c auditor/askview.c
VAULT_SRC =	vault/aead.c vault/bring.c vault/change.c vault/derive.c \
		vault/due.c vault/export.c vault/newkey.c vault/guard.c \
		vault/hostile_vault.c vault/import.c vault/index.c \
		vault/keyring.c vault/lock.c vault/main.c vault/past.c \
		vault/prove.c vault/release.c vault/reveal.c vault/slot.c \
		vault/slots.c vault/store.c vault/unlock.c vault/value.c \
		vault/vault_done.c vault/vault_msg.c vault/vault_names.c \
		vault/vault_open.c vault/vault_prints.c vault/verify.c \
		vault/vfile.c vault/identify.c
FILE_SRC =	file/digest.c file/main.c file/outcome.c file/reading.c \
		file/replace.c file/target.c file/writing.c
FORWARDER_SRC =	forwarder/main.c forwarder/outbox.c forwarder/peer.c \
		forwarder/place.c forwarder/forwardloop.c forwarder/source.c
NOTIFIER_SRC =	notifier/main.c notifier/program.c notifier/serve.c \
		notifier/telling.c
CLIENT_SRC =	client/agent.c client/approvals.c client/approve.c \
		client/archive.c client/archivecmd.c client/archiveput.c \
		client/archivestay.c \
		client/completion.c client/segends.c \
		client/asfile.c client/bundle.c client/logline.c \
		client/logmatch.c client/audit.c client/beside.c \
		client/brief.c client/check.c client/claim.c client/clawbot.c \
		client/clawbotsh.c client/cli.c client/command.c client/conn.c \
		client/desk.c client/deskanswer.c client/deskdraw.c \
		client/deskkeys.c client/deskstand.c client/diff.c \
		client/disk.c client/dotenv.c client/doctor.c client/draft.c \
		client/esc.c client/execline.c client/fail.c client/full.c \
		client/help.c client/hostprog.c client/hostrun.c \
		client/inbox.c client/init.c client/keyseq.c client/kill.c \
		client/lasting.c client/list.c client/logquery.c client/logs.c \
		client/margin.c client/mayask.c client/mend.c client/newfile.c \
		client/logread.c client/ondisk.c client/opt.c client/out.c \
		client/outcome.c client/pager.c client/pending.c \
		client/refusals.c \
		client/perusal.c client/hostplaces.c client/preamble.c \
		client/progress.c client/prompt.c client/prove.c client/ps.c \
		client/recwalk.c client/reload.c client/request.c \
		client/routine.c client/run.c client/runpage.c client/runs.c \
		client/runtree.c client/released.c client/runword.c \
		client/screen.c client/quiet.c client/secrets.c \
		client/rotaterun.c client/secretvalue.c client/session.c \
		client/infile.c \
		client/sessionend.c client/signals.c client/import.c \
		client/reveal.c client/slotkey.c client/slots.c \
		client/standing.c client/status.c client/still.c client/stop.c \
		client/stored.c client/storedshow.c client/storedcast.c \
		client/termsafe.c client/storing.c client/stream.c \
		client/timeword.c client/top.c client/topdraw.c client/tty.c \
		client/ttymode.c client/termsize.c client/user.c \
		client/verify.c client/verifyby.c client/verifycmd.c \
		client/verifyexec.c client/verifystored.c client/when.c \
		client/execcopies.c \
		client/why.c client/prune.c client/whoiswho.c \
		client/backup/backupcmd.c client/backup/backupfail.c \
		client/backup/backuphead.c client/backup/backupin.c \
		client/backup/backupkey.c client/backup/backupout.c \
		client/backup/backupread.c client/backup/backupset.c \
		client/backup/logadd.c client/backup/backupstored.c \
		client/backup/logstate.c client/backup/phrase.c \
		client/backup/recovercmd.c client/backup/restorecmd.c \
		client/backup/setaside.c client/backup/restoreplace.c \
		client/backup/restate.c client/backup/recovering.c \
		client/connect/agentcheck.c client/connect/agentstart.c \
		client/connect/canary.c client/connect/connectcheck.c \
		client/connect/connectcmd.c client/connect/hole.c \
		client/connect/jsonedit.c client/connect/modelhttp.c \
		client/connect/scripted.c client/connect/scriptedsay.c \
		client/connect/settingsfile.c client/connect/setup.c \
		client/connect/tomledit.c client/export/exportcmd.c \
		client/export/exportjson.c client/export/exportocsf.c \
		client/export/exportotel.c client/hook/hookanswer.c \
		client/hook/hookask.c client/hook/hookcall.c \
		client/hook/hookcmd.c client/mcp/execution.c \
		client/mcp/executionjson.c client/mcp/executionmsg.c \
		client/mcp/filetold.c client/mcp/jsonline.c \
		client/mcp/jsonrpc.c client/mcp/mcp.c client/mcp/mcpanswer.c \
		client/mcp/mcpcall.c client/mcp/mcpcancel.c \
		client/mcp/mcpelicit.c client/mcp/mcpera.c \
		client/mcp/mcpfile.c client/mcp/mcpprompt.c \
		client/mcp/mcpstate.c client/mcp/mcpquery.c \
		client/mcp/mcprequest.c client/mcp/mcpserver.c \
		client/mcp/tooltable.c client/report/chart.c \
		client/report/gather.c client/report/reportcmd.c \
		client/report/reportfile.c \
		client/report/reporthtml.c client/report/reportjson.c \
		client/report/reporttext.c client/report/tally.c \
		client/report/unused.c

# The file of each program that has main(); tests link the others.
MAINS =		supervisor/clawbotd.c executor/main.c \
		executor/spawner/main.c auditor/main.c vault/main.c \
		notifier/main.c forwarder/main.c file/main.c client/clawbot.c client/clawbotsh.c

UNIT_SRC =	$(wildcard tests/unit/*.c)
WIRE_SRC =	$(wildcard tests/wire/*.c)
FAULT_SRC =	$(wildcard tests/fault/*.c)
HELPER_SRC =	$(wildcard tests/helpers/*.c)
FUZZ_SRC =	$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c))
BENCH_SRC =	$(wildcard tests/bench/*.c)

### Rules

O =		$(B)/obj
PROGRAMS =	$(B)/clawbotd $(B)/clawbot $(B)/clawbot-sh $(B)/clawbot-executor \
		$(B)/clawbot-spawner $(B)/clawbot-auditor $(B)/clawbot-vault \
		$(B)/clawbot-notifier $(B)/clawbot-forwarder $(B)/clawbot-file
SODIUM_LIB =	$(B)/libcommonsodium.a
RECORD_LIB =	$(B)/librecord.a
LIBS_ALL =	$(B)/libsupervisor.a $(B)/libexecutor.a $(B)/libauditor.a \
		$(B)/libvault.a $(B)/libnotifier.a $(B)/libforwarder.a \
		$(B)/libfile.a \
		$(B)/libclient.a \
		$(RECORD_LIB) \
		$(SODIUM_LIB) $(B)/libcommon.a

ALL_CFLAGS =	-std=gnu11 -I. -I$(B) $(CPPFLAGS) $(CFLAGS) $(WARN_CFLAGS) \
		$(HARDEN_CFLAGS) $(VARIANT_CFLAGS) -MMD -MP
ALL_LDFLAGS =	$(HARDEN_LDFLAGS) $(VARIANT_LDFLAGS) $(LDFLAGS)
LIB_CFLAGS =	$(EVENT_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) \
		$(CAP_CFLAGS) $(PCRE2_CFLAGS) $(ZLIB_CFLAGS) \
		$(ZSTD_CFLAGS)
LIB_LIBS =	$(EVENT_LIBS) $(JANSSON_LIBS) $(SODIUM_LIBS) $(CAP_LIBS) \
		$(PCRE2_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS)

ifeq ($(V),0)
say =		@printf '  %-4s %s\n' $(1) $@;
else
say =
endif

obj =		$(patsubst %.c,$(O)/%.o,$(1))
lib =		$(call obj,$(filter-out $(MAINS),$(1)))
mainobj =	$(call obj,$(filter $(MAINS),$(1)))
SPAWNER_MAIN =	executor/spawner/main.c

$(O)/common/%.o: WARN_CFLAGS += -Wconversion
$(O)/tests/%.o: LIB_CFLAGS += $(CMOCKA_CFLAGS)

$(O)/%.o: %.c $(B)/config.h | $(B)/build_id.h
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) $(LIB_CFLAGS) -c -o $@ $<

$(B)/libcommon.a: $(call lib,$(COMMON_SRC))
$(SODIUM_LIB): $(call lib,$(COMMON_SODIUM_SRC))
$(RECORD_LIB): $(call lib,$(RECORD_SRC))
$(B)/libsupervisor.a: $(call lib,$(SUPERVISOR_SRC))
$(B)/libexecutor.a: $(call lib,$(EXECUTOR_SRC))
$(B)/libauditor.a: $(call lib,$(AUDITOR_SRC))
$(B)/libvault.a: $(call lib,$(VAULT_SRC))
$(B)/libnotifier.a: $(call lib,$(NOTIFIER_SRC))
$(B)/libforwarder.a: $(call lib,$(FORWARDER_SRC))
$(B)/libfile.a: $(call lib,$(FILE_SRC))
$(B)/libclient.a: $(call lib,$(CLIENT_SRC))
$(B)/lib%.a:
	@rm -f $@
	$(call say,AR)$(AR) rcsD $@ $^

link =		$(CC) $(CFLAGS) $(ALL_LDFLAGS) -o $@
# -static-pie says it already, and clang does not want it twice
static_link =	$(CC) $(CFLAGS) $(if $(STATIC_LDFLAGS), \
    $(filter-out -pie,$(ALL_LDFLAGS)) $(STATIC_LDFLAGS),$(ALL_LDFLAGS)) -o $@

$(B)/clawbotd: $(call mainobj,$(SUPERVISOR_SRC)) $(B)/libsupervisor.a \
    $(B)/libcommon.a
	$(call say,LD)$(link) $^ $(EVENT_LIBS) $(JANSSON_LIBS) $(CAP_LIBS) \
	    $(PCRE2_LIBS)
$(B)/clawbot-executor: \
    $(call mainobj,$(filter-out $(SPAWNER_MAIN),$(EXECUTOR_SRC))) \
    $(B)/libexecutor.a $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(link) $^ $(EVENT_LIBS) $(SODIUM_LIBS) $(CAP_LIBS) \
	    $(PCRE2_LIBS)
# Three processes of each run are copies of it: small, and without a loader.
# Whoever executes it cannot read it: so the kernel does not take it for the
# executor's own, and its files in /proc stay root's (see execve(2), ptrace(2)).
$(B)/clawbot-spawner: $(call obj,$(SPAWNER_MAIN)) $(B)/libexecutor.a \
    $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(static_link) $^ $(SODIUM_LIBS) $(CAP_LIBS) \
	    $(PCRE2_LIBS)
	@chmod 711 $@
$(B)/clawbot-auditor: $(call mainobj,$(AUDITOR_SRC)) $(B)/libauditor.a \
    $(RECORD_LIB) $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(link) $^ $(EVENT_LIBS) $(SODIUM_LIBS) $(CAP_LIBS) \
	    $(ZSTD_LIBS)
$(B)/clawbot-vault: $(call mainobj,$(VAULT_SRC)) $(B)/libvault.a \
    $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(link) $^ $(EVENT_LIBS) $(SODIUM_LIBS) $(CAP_LIBS)
# One thing after the other: it needs no event loop.
$(B)/clawbot-notifier: $(call mainobj,$(NOTIFIER_SRC)) $(B)/libnotifier.a \
    $(call obj,$(NOEV_SRC)) $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(link) $^ $(SODIUM_LIBS) $(CAP_LIBS)
$(B)/clawbot-forwarder: $(call mainobj,$(FORWARDER_SRC)) \
    $(B)/libforwarder.a $(call obj,$(NOEV_SRC)) $(RECORD_LIB) $(SODIUM_LIB) \
    $(B)/libcommon.a
	$(call say,LD)$(link) $^ $(SODIUM_LIBS) $(CAP_LIBS)
# It is executed in every view, whatever else there is.
$(B)/clawbot-file: $(call mainobj,$(FILE_SRC)) $(B)/libfile.a \
    $(B)/libcommon.a
	$(call say,LD)$(static_link) $^ $(SODIUM_LIBS)
# Most of what a client costs is the loader's work.
CLIENT_MAIN =	$(call obj,client/clawbot.c)
$(B)/clawbot: $(CLIENT_MAIN) $(B)/libclient.a \
    $(call obj,$(NOEV_SRC)) $(RECORD_LIB) $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(static_link) $^ $(SODIUM_LIBS) $(JANSSON_LIBS) \
	    $(ZLIB_LIBS) $(ZSTD_LIBS)
SHELL_MAIN =	$(call obj,client/clawbotsh.c)
$(B)/clawbot-sh: $(SHELL_MAIN) $(B)/libclient.a \
    $(call obj,$(NOEV_SRC)) $(RECORD_LIB) $(SODIUM_LIB) $(B)/libcommon.a
	$(call say,LD)$(static_link) $^ $(SODIUM_LIBS) $(JANSSON_LIBS) \
	    $(ZLIB_LIBS) $(ZSTD_LIBS)

# The programs of a daemon have to be of one build, which is what they are made
# of and how that was configured; the same sources give the same id.
BUILD_DIRS =	common supervisor executor auditor vault notifier forwarder \
		file
$(B)/build_id.h: FORCE
	@{ find $(BUILD_DIRS) -name '*.[ch]' | LC_ALL=C sort | \
	    xargs sha256sum; sha256sum <$(B)/config.h; } | sha256sum | \
	    sed 's/^\(.\{32\}\).*/#define BUILD_ID "\1"/' >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv $@.new $@; fi

# What clawbot completion prints, as strings of C.
COMPLETIONS =	$(B)/complete_bash.inc $(B)/complete_zsh.inc \
		$(B)/complete_fish.inc
$(O)/client/completion.o: $(COMPLETIONS)
$(B)/complete_%.inc: etc/complete/clawbot.%.in $(B)/config.h
	$(call say,GEN)sed -e 's|@datadir@|$(datadir)|g' -e 's/[\\"]/\\&/g' \
	    -e 's/.*/"&\\n"/' $< >$@

# The numbers of system calls that this machine's headers have.
$(O)/tests/unit/executor_refused_test.o: $(B)/syscall_numbers.h
$(B)/syscall_numbers.h: $(B)/config.h
	@echo '#include <sys/syscall.h>' | $(CC) -E -dM -x c - | \
	    sed -n 's/^#define __NR_[a-z0-9_]* \([0-9][0-9]*\)$$/\1,/p' >$@

all: $(PROGRAMS)

# make clawbot-vault and the like
clawbotd clawbot clawbot-sh clawbot-executor clawbot-spawner \
clawbot-auditor clawbot-vault clawbot-notifier clawbot-forwarder \
clawbot-file: %: $(B)/%

### Tests

# No two of them have one name outside (tests/lint/names.sh).
testlibs =	$(LIBS_ALL) $(LIB_LIBS)
tprog =		$(patsubst %.c,$(B)/%,$(1))
BENCHPROGS =	$(call tprog,$(BENCH_SRC))
TESTPROGS =	$(call tprog,$(UNIT_SRC) $(WIRE_SRC) $(FAULT_SRC) \
		$(HELPER_SRC)) $(BENCHPROGS) \
		$(patsubst %.c,$(B)/%-replay,$(FUZZ_SRC))

$(B)/tests/fuzz/%-replay: $(O)/tests/fuzz/%.o $(O)/tests/fuzz/replay.o \
    $(LIBS_ALL)
	@mkdir -p $(@D)
	$(call say,LD)$(link) $(filter %.o,$^) $(testlibs)
$(B)/tests/fuzz/%: $(O)/tests/fuzz/%.o $(LIBS_ALL)
	@mkdir -p $(@D)
	$(call say,LD)$(link) $(FUZZ_LDFLAGS) $< $(testlibs)
$(B)/tests/%: $(O)/tests/%.o $(LIBS_ALL)
	@mkdir -p $(@D)
	$(call say,LD)$(link) $< $(testlibs) $(CMOCKA_LIBS)

testprogs: all $(TESTPROGS)
benchprogs: all $(BENCHPROGS) $(B)/tests/helpers/judged

-include $(patsubst %.c,$(O)/%.d,$(COMMON_SRC) $(COMMON_SODIUM_SRC) \
	$(RECORD_SRC) $(NOEV_SRC) $(SUPERVISOR_SRC) $(EXECUTOR_SRC) $(AUDITOR_SRC) \
	$(VAULT_SRC) $(NOTIFIER_SRC) $(FORWARDER_SRC) $(FILE_SRC) $(CLIENT_SRC) $(UNIT_SRC) $(WIRE_SRC) $(FAULT_SRC) \
	$(HELPER_SRC) $(FUZZ_SRC) $(BENCH_SRC) tests/fuzz/replay.c)

# The variants that make check needs: hooks for temporary directories and
# trapping filters, once plain and once with the sanitizers.
VARIANTS =	build/check build/asan build/cov build/fuzz
build/check/config.mk: OPTIONS = --enable-test-hooks
build/asan/config.mk: OPTIONS = --enable-test-hooks --enable-sanitizers
build/cov/config.mk: OPTIONS = --enable-test-hooks --enable-coverage CFLAGS=-O0
build/fuzz/config.mk: OPTIONS = --enable-fuzzing CC=$(FUZZ_CC)
FUZZ_CC =	clang
$(VARIANTS:%=%/config.mk): configure config.mk.in config.h.in
	@mkdir -p $(@D)
	cd $(@D) && ../../configure -q CC='$(CC)' $(OPTIONS) \
	    $(CONFIGURE_OPTIONS) && touch config.mk

ifneq ($(filter-out $(VARIANTS:%=%/config.mk),$(wildcard $(B)/config.mk)),)
$(B)/config.mk: configure config.mk.in config.h.in
	cd $(@D) && ./config.status -q --recheck && ./config.status -q && \
	    touch config.mk
endif

configure config.h.in &: configure.ac
	autoconf
	autoheader
	@touch config.h.in

# Only these, by the beginning of their names: make check T='regress/2 unit';
# T=races is what tries to win a race.  So many of them at the same time;
# twice as many as there are processors, if nothing is said.
T =
JOBS =

check: check-able cmocka build/check/config.mk build/asan/config.mk
	$(MAKE) B=build all
	$(MAKE) B=build/check testprogs
	$(MAKE) B=build/asan testprogs
	JOBS='$(JOBS)' tests/prove.sh build build/check build/asan $(T)

check-able:
	@test "$(B)" = build || \
	    { echo "make $(MAKECMDGOALS): builds its own variants, run it" \
	    "without B=" >&2; exit 1; }
	@test "$$(id -u)" = 0 || \
	    { echo "make $(MAKECMDGOALS): needs root: it starts real daemons" \
	    >&2; exit 1; }

cmocka:
	@test "$(HAVE_CMOCKA)" = yes || \
	    { echo "make check: needs cmocka (libcmocka-dev); configure again" \
	    "when it is there" >&2; exit 1; }

# On machines of other distributions, not part of check unless CHECK_VM=short
# is in its environment: needs root, qemu, mmdebstrap and mirrors; what cannot
# be had is skipped.  VM picks machines, VM_FORM=short what CI runs there.
VM =
VM_FORM =	full
check-vm:
	B=$(CURDIR)/build SRC=$(CURDIR) VM_FORM=$(VM_FORM) \
	    sh tests/vm/all.sh $(VM)

# What people do with a machine, inside and outside, all of it; other people's
# suites, for which packages are installed and fetched; and builds, also of
# what is unpacked in BUILDS, a directory.  PARTS picks some of it.
BUILDS =
PARTS =
check-work: check-able build/check/config.mk
	$(MAKE) B=build/check all build/check/tests/helpers/attempts \
	    build/check/tests/unit/record_seal_test
	B=$(CURDIR)/build/check SRC=$(CURDIR) PLAIN=$(CURDIR)/build \
	    RUNS=$(CURDIR)/build/check USE='$(USE)' BUILDS='$(BUILDS)' \
	    sh tests/work/all.sh $(PARTS)

# Programs of others that tests hold ours against, from npm; without them these
# tests are skipped.  Node is told of the authorities that this host trusts, for
# where a proxy of its own is in between.
CA_FILE =	/etc/ssl/certs/ca-certificates.crt
JUDGE_ARCH =	$(shell uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
judges:
	mkdir -p build/judges
	NODE_EXTRA_CA_CERTS=$${NODE_EXTRA_CA_CERTS-$(wildcard $(CA_FILE))} \
	npm install --prefix build/judges --no-audit --no-fund \
	    --prefer-offline --fetch-retries=1 --ignore-scripts \
	    @modelcontextprotocol/inspector@2.12.0 \
	    @modelcontextprotocol/conformance@0.2.0-alpha.12 \
	    @modelcontextprotocol/server-everything@2026.8.31 \
	    @anthropic-ai/claude-code@2.1.332 @openai/codex@0.171.0 \
	    opencode-ai@1.18.33 @google/gemini-cli@0.61.0 \
	    @qwen-code/qwen-code@0.24.4 @github/copilot@1.0.102 \
	    node-linux-$(JUDGE_ARCH)@22.23.3
	chmod -R a+rX build/judges

bench: check-able build/check/config.mk
	$(MAKE) B=build/check benchprogs
	@for f in tests/bench/[0-9]*.sh; do \
		B=$(CURDIR)/build/check SRC=$(CURDIR) sh $$f || exit 1; \
	done

FUZZ_SECONDS =	60
FUZZERS =	$(patsubst %.c,$(B)/%,$(FUZZ_SRC))
fuzz: build/fuzz/config.mk
	$(MAKE) B=build/fuzz fuzz-run
fuzzers: $(FUZZERS)
fuzz-run: fuzzers
	@for f in $(patsubst tests/fuzz/%.c,%,$(FUZZ_SRC)); do \
		mkdir -p $(B)/corpus/$$f tests/fuzz/corpus/$$f || exit 1; \
		d=tests/fuzz/$$f.dict; \
		$(B)/tests/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) \
		    -print_final_stats=1 $$(test ! -f $$d || echo -dict=$$d) \
		    -artifact_prefix=$(B)/corpus/ \
		    $(B)/corpus/$$f tests/fuzz/corpus/$$f || exit 1; \
	done

# Lines that unit, wire, fault and fuzz tests reach.  The daemons end by
# _exit behind a chroot and leave no counts.
cov: build/cov/config.mk
	$(MAKE) B=build/cov testprogs
	s=0; JOBS='$(JOBS)' tests/prove.sh build build/cov build/cov \
	    unit wire fault fuzz || \
	    s=1; tests/lint/cov.sh build/cov; exit $$s

lint: $(B)/build_id.h $(COMPLETIONS) $(B)/syscall_numbers.h $(B)/tests/helpers/payloads
	tests/lint/lint.sh $(B)

# PROTOCOL's tables are generated from common/msg.h and executor/inside.h, its
# structures from their shapes.
protocol: $(B)/tests/helpers/payloads
	B=$(B) tests/lint/protocol.sh -w

# executor/ATTEMPTS is made from the tables of the battery.
attempts: $(B)/tests/helpers/attempts
	$(B)/tests/helpers/attempts >executor/ATTEMPTS

# clawbot-audit(5) has the members of records from the table of kinds.
records: $(B)/tests/helpers/kinds
	$(B)/tests/helpers/kinds >$(B)/kinds
	perl tests/helpers/auditman.pl -w $(B)/kinds man/clawbot-audit.5

### Installation

MAN1 =		man/clawbot.1 man/clawbot-agent.1 man/clawbot-approve.1 \
		man/clawbot-audit.1 man/clawbot-backup.1 \
		man/clawbot-connect.1 man/clawbot-doctor.1 \
		man/clawbot-hook.1 man/clawbot-init.1 man/clawbot-mcp.1 \
		man/clawbot-policy.1 \
		man/clawbot-run.1 man/clawbot-secrets.1 man/clawbot-sh.1 \
		man/clawbot-status.1
MAN5 =		man/clawbot-audit.5 man/clawbot-export.5 \
		man/clawbot-policy.5 man/clawbot-vault.5 man/clawbot.conf.5
MAN7 =		man/clawbot-admin.7 man/clawbot-compliance.7
MAN8 =		man/clawbot-executor.8 man/clawbotd.8
PROFILES =	etc/profiles/agent.conf etc/profiles/developer.conf \
		etc/profiles/operator.conf etc/profiles/reader.conf
NOTIFY =	etc/notify/chat etc/notify/mail
DOCS =		README.md SECURITY.md PRIVSEP PROTOCOL NEWS LICENSE

# Each time: directories may be given with the command.
$(B)/clawbotd.service: etc/clawbotd.service.in $(B)/config.mk FORCE
	$(call say,GEN)sed -e 's|@sbindir@|$(sbindir)|g' \
	    -e 's|@bindir@|$(bindir)|g' \
	    -e 's|@sysconfdir@|$(sysconfdir)|g' $< >$@

# For other service managers, and for AppArmor: copied from there by who has
# these.
service_in = $(INSTALL) -d $(DESTDIR)$(docdir)/$(1) && \
	sed -e 's|@sbindir@|$(sbindir)|g' -e 's|@bindir@|$(bindir)|g' \
	    -e 's|@sysconfdir@|$(sysconfdir)|g' \
	    -e 's|@libexecdir@|$(libexecdir)|g' etc/$(1)/$(2).in \
	    >$(B)/service && $(INSTALL) -m $(3) $(B)/service \
	    $(DESTDIR)$(docdir)/$(1)/$(2)

# Completion for three shells: each asks the program candidates.
CLIENTDIR =	$(datadir)/clawbot-client
BASHDIR =	$(datadir)/bash-completion/completions
ZSHDIR =	$(datadir)/zsh/site-functions
FISHDIR =	$(datadir)/fish/vendor_completions.d
completion =	sed -e 's|@datadir@|$(datadir)|g' etc/complete/clawbot.$(1).in \
		>$(B)/completion && $(INSTALL) -d $(DESTDIR)$(2) && \
		$(INSTALL) -m 644 $(B)/completion $(DESTDIR)$(2)/$(3)

# Manual pages name the places that configure was told.
man_in =	for f in $(1); do \
	sed -e 's|/usr/local/libexec|$(libexecdir)|g' \
	    -e 's|/usr/local/share/doc/clawbot|$(docdir)|g' \
	    -e 's|/usr/local/share|$(datadir)|g' $$f \
	    >$(B)/man.page && $(INSTALL) -m 644 $(B)/man.page \
	    $(DESTDIR)$(mandir)/$(2)/$${f\#\#*/} || exit 1; \
	done

# A page goes by each of the names that it begins with, so that man clawbot-ps
# finds the page of that family.
man_links =	for f in $(1); do \
	for n in $$(sed -n -e '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z-]*\).*/\1/p' \
	    $$f | sed 1d); do \
	$(3) $(DESTDIR)$(mandir)/man$(2)/$$n.$(2) || exit 1; \
	done; done

installable:
	@test "$(TEST_HOOKS)$(SANITIZERS)$(FUZZING)$(COVERAGE)" = nononono || \
	    { echo "make install: $(B) is a build for tests and is not" \
	    "installed" >&2; exit 1; }

install: installable
	$(MAKE) all $(B)/clawbotd.service
	$(INSTALL) -d $(DESTDIR)$(sbindir) $(DESTDIR)$(bindir) \
	    $(DESTDIR)$(libexecdir)/clawbot/shells $(DESTDIR)$(mandir)/man1 \
	    $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man7 \
	    $(DESTDIR)$(mandir)/man8 \
	    $(DESTDIR)$(docdir) $(DESTDIR)$(datadir)/clawbot/profiles
	$(INSTALL) -m 755 $(B)/clawbotd $(DESTDIR)$(sbindir)
	$(INSTALL) -m 755 $(B)/clawbot $(B)/clawbot-sh $(DESTDIR)$(bindir)
	ln -sf $(bindir)/clawbot-sh $(DESTDIR)$(libexecdir)/clawbot/shells/bash
	ln -sf $(bindir)/clawbot-sh $(DESTDIR)$(libexecdir)/clawbot/shells/sh
	$(INSTALL) -m 755 $(B)/clawbot-executor $(B)/clawbot-auditor \
	    $(B)/clawbot-vault $(B)/clawbot-notifier \
	    $(B)/clawbot-forwarder $(B)/clawbot-file \
	    $(DESTDIR)$(libexecdir)/clawbot
	$(INSTALL) -m 711 $(B)/clawbot-spawner $(DESTDIR)$(libexecdir)/clawbot
	$(call man_in,$(MAN1),man1)
	$(call man_links,$(MAN1),1,ln -sf $${f##*/})
	$(call man_in,$(MAN5),man5)
	$(call man_in,$(MAN7),man7)
	$(call man_in,$(MAN8),man8)
	$(call man_links,$(MAN8),8,ln -sf $${f##*/})
	$(INSTALL) -m 644 $(PROFILES) $(DESTDIR)$(datadir)/clawbot/profiles
	$(INSTALL) -m 644 $(DOCS) etc/clawbot.conf $(DESTDIR)$(docdir)
	$(INSTALL) -d $(DESTDIR)$(docdir)/notify
	$(INSTALL) -m 755 $(NOTIFY) $(DESTDIR)$(docdir)/notify
	$(INSTALL) -m 755 etc/forward etc/drill $(DESTDIR)$(docdir)
	$(call service_in,apparmor,clawbotd,644)
	$(call service_in,openrc,clawbotd,755)
	$(call service_in,runit,run,755)
	$(INSTALL) -m 755 etc/runit/finish $(DESTDIR)$(docdir)/runit
	$(INSTALL) -m 644 etc/systemd/clawbot-backup.service \
	    etc/systemd/clawbot-backup.timer etc/systemd/credential.conf \
	    etc/systemd/clawbot-failed.service \
	    etc/systemd/onfailure.conf $(DESTDIR)$(docdir)
	$(INSTALL) -d $(DESTDIR)$(CLIENTDIR)
	$(INSTALL) -m 755 etc/complete/candidates $(DESTDIR)$(CLIENTDIR)
	$(call completion,bash,$(BASHDIR),clawbot)
	$(call completion,zsh,$(ZSHDIR),_clawbot)
	$(call completion,fish,$(FISHDIR),clawbot.fish)
ifneq ($(systemdunitdir),)
	$(INSTALL) -d $(DESTDIR)$(systemdunitdir)
	$(INSTALL) -m 644 $(B)/clawbotd.service $(DESTDIR)$(systemdunitdir)
endif

uninstall:
	rm -f $(DESTDIR)$(sbindir)/clawbotd $(DESTDIR)$(bindir)/clawbot \
	    $(DESTDIR)$(bindir)/clawbot-sh
	$(call man_links,$(MAN1),1,rm -f)
	$(call man_links,$(MAN8),8,rm -f)
	rm -f $(addprefix $(DESTDIR)$(mandir)/man1/,$(notdir $(MAN1))) \
	    $(addprefix $(DESTDIR)$(mandir)/man5/,$(notdir $(MAN5))) \
	    $(addprefix $(DESTDIR)$(mandir)/man7/,$(notdir $(MAN7))) \
	    $(addprefix $(DESTDIR)$(mandir)/man8/,$(notdir $(MAN8)))
	rm -rf $(DESTDIR)$(libexecdir)/clawbot $(DESTDIR)$(docdir) \
	    $(DESTDIR)$(datadir)/clawbot $(DESTDIR)$(CLIENTDIR)
	rm -f $(DESTDIR)$(BASHDIR)/clawbot $(DESTDIR)$(ZSHDIR)/_clawbot \
	    $(DESTDIR)$(FISHDIR)/clawbot.fish
ifneq ($(systemdunitdir),)
	rm -f $(DESTDIR)$(systemdunitdir)/clawbotd.service
endif

# Debian's packages, without root, into DEBDIR: made of what dist packs, in a
# directory of their own.  The same sources give the same bytes.
DEBDIR =	build/deb
DEB_OPTIONS =
deb:
	rm -rf $(DEBDIR)
	mkdir -p $(DEBDIR)
	$(MAKE) dist DISTDIR=$(DEBDIR)
	tar -C $(DEBDIR) -xzf $(DEBDIR)/$(DISTNAME).tar.gz
	cd $(DEBDIR)/$(DISTNAME) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	    dpkg-buildpackage -b -us -uc $(DEB_OPTIONS)
	rm -rf $(DEBDIR)/$(DISTNAME)

# What git tracks, and configure.  Where there is no git, as in what was
# unpacked from this, all but what is made here: with the same result, to the
# byte.
DISTNAME =	clawbot-$(VERSION)
DISTDIR =	.
dist: configure
	if test -e .git && git ls-files >$(B)/dist.list 2>/dev/null; then \
		git log -1 --format=%cI >$(B)/dist.time; \
	else \
		find . \( -path ./.git -o -path ./build -o -path './build-*' \
		    -o -path ./$(B) -o -path ./autom4te.cache \) -prune -o \
		    ! -type d ! -path './clawbot-*.tar.gz' \
		    ! -path ./aclocal.m4 ! -path ./compile_commands.json \
		    ! -path './config*~' -print | \
		    sed 's,^\./,,' >$(B)/dist.list; \
		date -Iseconds -r NEWS >$(B)/dist.time; \
	fi
	printf '%s\n' configure config.h.in >>$(B)/dist.list
	LC_ALL=C sort -u $(B)/dist.list | tar --owner=0 --group=0 \
	    --numeric-owner --mode=a+rX,u+w,go-w \
	    --mtime="$$(cat $(B)/dist.time)" \
	    --transform 's,^,$(DISTNAME)/,' -T - -cf - | \
	    gzip -9n >$(DISTDIR)/$(DISTNAME).tar.gz

clean:
	rm -rf build/obj build/tests build/check build/asan build/cov \
	    build/fuzz
	rm -f build/*.a build/clawbot build/clawbotd build/clawbot-* \
	    build/clawbotd.service

distclean: clean
	rm -rf build autom4te.cache
	rm -f configure config.h.in

help:
	@sed -n 's|^#? \{0,1\}||p' Makefile

#? make               build the programs into build/
#? make check         build the test variants and run every test (as root);
#?                    T='regress/2 unit' picks by the beginning of names,
#?                    T=races what tries to win a race; JOBS=1 runs one at a
#?                    time
#? make check-vm      install and try it on Debian 12, Debian 13 and Ubuntu
#?                    24.04, under qemu (as root, 15 minutes each);
#?                    VM='debian12 debian13 ubuntu2404' picks, VM_FORM=short
#?                    does what CI does
#? make check-work    everyday uses of tools and the suites of other people,
#?                    inside of a run and outside, and builds, judged (as
#?                    root, some hours); PARTS='uses builds python git source
#?                    node server agents trials screens' picks, USE=TEXT
#?                    picks by the name, BUILDS=DIR adds what is unpacked there
#? make judges        install programs of others, from npm, that some tests hold
#?                    ours against (build/judges)
#? make lint          clang-tidy, cppcheck, gcc -fanalyzer, shellcheck, mandoc
#? make bench         cost of a run beside other sandboxes and outside (as root)
#? make fuzz          run the fuzz targets, FUZZ_SECONDS=60 each (needs clang)
#? make cov           lines reached by the unit, wire, fault and fuzz tests
#? make install       into DESTDIR; refuses builds for tests
#? make uninstall     take that away again
#? make protocol      write the lists of PROTOCOL again
#? make attempts      write executor/ATTEMPTS again
#? make records       write the members in clawbot-audit(5) again
#? make dist          clawbot-VERSION.tar.gz
#? make deb           Debian's packages into DEBDIR, build/deb (needs debhelper)
#? make clean         remove what was built; distclean: also configure
#? clawbotd clawbot clawbot-sh clawbot-executor clawbot-spawner
#? clawbot-auditor clawbot-vault clawbot-notifier clawbot-forwarder
#? clawbot-file: one program
#? B=DIR              another build directory; V=1 shows commands

.PHONY: FORCE all attempts bench benchprogs check check-able check-vm \
	check-work \
	clawbot clawbot-sh \
	clawbot-auditor clawbot-executor clawbot-spawner clawbot-vault \
	clawbot-file clawbot-forwarder clawbot-notifier \
	clawbotd clean cmocka cov \
	deb dist distclean fuzz fuzz-run fuzzers help install installable judges \
	lint \
	protocol records testprogs uninstall
