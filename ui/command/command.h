/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - the subcommands.  Each is a file NAME.c here that ends in its struct command.
 *
 * A command gets its words taken apart (ui/usage/usage.h), checks what depends on several of
 * them, opens what they name (ui/text/names.h), does its work by calls of replay/, traces/ and
 * core/, and prints what came of it (ui/text/), or shows it (ui/view/show.h).  It returns an exit
 * status and never exits by itself, so that what is open is closed and main() can say that
 * standard output could not be written.
 *
 * Typically
 *
 *	static int exec_NAME(void *args, const struct operands *in)
 *	  what depends on several words		usage_error("NAME: --this excludes --that")
 *	  load_scenario(), choose_kernel(), open_run()	each says what is wrong by itself
 *	  the work				first what lasts (--save), then what is told
 *
 * A new command is a file, a line below, and one in command.c; help, man pages, completion and
 * the tests of all three find it there.
 */
#ifndef SWAPSCOPE_UI_COMMAND_COMMAND_H
#define SWAPSCOPE_UI_COMMAND_COMMAND_H

#include "ui/usage/usage.h"

extern const struct command
	cmd_tour,
	cmd_present,
	cmd_puzzle,
	cmd_catalog,
	cmd_list,
	cmd_explore,
	cmd_matrix,
	cmd_why,
	cmd_judge,
	cmd_verify,
	cmd_step,
	cmd_run,
	cmd_live,
	cmd_shorten,
	cmd_diff,
	cmd_explain,
	cmd_export,
	cmd_note,
	cmd_monitor,
	cmd_probes,
	cmd_import,
	cmd_check,
	cmd_findings,
	cmd_stories,
	cmd_view,
	cmd_sql,
	cmd_pack,
	cmd_unpack,
	cmd_config,
	cmd_help;

/* The options of every command that takes a kernel: `a` is its struct of arguments. */
#define KERNEL_OPTIONS(a, member)							\
	{ "kernel", 0, OPT_KERNEL, offsetof(struct a, member), 0, "NAME",		\
	  "The kernel: a release or a preset (v6.9, 6.8.3, debate-a), a series (6.6.y), " \
	  "mainline, or what 'uname -r' says, where that has the release "		\
	  "(6.12.117+deb13-amd64). 'swapscope list kernels' shows them." },		\
	SET_OPTION(a, member)
#define SET_OPTION(a, member)								\
	{ "set", 0, OPT_SWITCH, offsetof(struct a, member), 0, "SWITCH=VALUE",		\
	  "Another value of one of the kernel's rules, pin=none. May be given several times; " \
	  "'swapscope list switches' shows them." }

#define FLAG_OPTION(a, name, member, text)						\
	{ name, 0, OPT_FLAG, offsetof(struct a, member), 0, NULL, text }
#define VALUE_OPTION(a, name, kind, member, value, text)				\
	{ name, 0, kind, offsetof(struct a, member), 0, value, text }
#define NUMBER_OPTION(a, name, member, most, text)					\
	{ name, 0, OPT_NUMBER, offsetof(struct a, member), most, "N", text }

/*
 * What a command writes.  One rule for all: what is saved is added, --save adds runs to a trace;
 * everything else is replaced, when the new one is whole.  The macros say so in every help.
 */
#define OUTPUT_OPTION(a, member, value, text)						\
	{ "output", 'o', OPT_OUTPUT, offsetof(struct a, member), 0, value, text REPLACED("file") }
#define WRITE_OPTION(a, name, member, value, text)					\
	{ name, 0, OPT_OUTPUT, offsetof(struct a, member), 0, value, text REPLACED("file") }
#define TRACE_OPTION(a, member, text)							\
	{ "output", 'o', OPT_TRACE, offsetof(struct a, member), 0, "FILE.db",		\
	  text REPLACED("trace") }
#define SAVE_OPTION(a, name, member, text)						\
	{ name, 0, OPT_SAVE, offsetof(struct a, member), 0, "FILE.db",			\
	  text " A trace that is there keeps its runs and gets more." }
#define JUNIT_OPTION(a, member)								\
	WRITE_OPTION(a, "junit", member, "FILE",					\
		     "Write what came of it as JUnit XML, too, for CI systems: what is not known " \
		     "is an error there, or skipped, and has not passed.")
#define REPLACED(what)	" A " what " that is there is replaced when the new one is whole."

/*
 * Explore what every line of [expect] says, and print whether it is so; `junit` (or NULL) gets a
 * case for each.  `progress` as in struct explore_options.  Returns an exit status.
 */
typedef bool (*explore_progress)(void *arg, uint64_t states, uint64_t transitions, unsigned depth);
struct junit;
int check_expectations(const struct scenario *s, explore_progress progress, struct junit *junit);

#endif
