/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage.h - what a subcommand takes, once.
 *
 * A file ui/command/NAME.c ends in its struct command: a table of its options, its operands, two
 * worked examples and what its exit statuses mean.  Everything that is said or done about these is
 * made from the table: parse.c fills in the command's arguments, help.c prints --help and the man
 * pages, complete.c answers the shell's completion.  So an option exists in all of them or in none.
 *
 * The way of a command line, in main.c:
 *
 *	command_named()		the table, or NULL; command_unknown() says which name is near
 *	command_run()		--help or -h anywhere: the help, and nothing else is looked at
 *	  usage_parse()		options go to their members of the arguments, zeroes before; the
 *				rest are operands.  What is wrong with one word alone is said here
 *	  usage_outputs()	can what is to be written be written?  Before any work
 *	  command->exec()	what depends on several words, then the work
 *
 * Arguments are a struct of the command's own, `args_size` bytes, owned by command_run(); an
 * option's `at` is the offset of its member, whose type is the option kind's.  Texts stay argv's.
 * Errors are one line and EXIT_USAGE, as ui/text/text.h has it.
 */
#ifndef SWAPSCOPE_UI_USAGE_USAGE_H
#define SWAPSCOPE_UI_USAGE_USAGE_H

#include <stddef.h>
#include <stdint.h>

#include "ui/text/names.h"
#include "ui/text/text.h"

/* What an option's value is, and the member that it fills in. */
enum option_kind {
	OPT_FLAG,		/* bool; it has no value */
	OPT_NUMBER,		/* uint64_t: 1 .. max */
	OPT_SECONDS,		/* double above 0 */
	OPT_TEXT,		/* const char * */
	OPT_FILE,		/* const char *: a path that is read */
	OPT_OUTPUT,		/* const char *: of a text that is written, and replaces what is
				   there (core/file/output.h) */
	OPT_TRACE,		/* const char *: of a trace that is written, and replaces one */
	OPT_SAVE,		/* const char *: of a trace that runs are added to */
	OPT_WORD,		/* const char *: one of the words in `value`, "zram|brd|disk" */
	OPT_KERNEL,		/* struct kernel_choice: its name */
	OPT_KERNELS,		/* struct words: each is added */
	OPT_SWITCH,		/* struct kernel_choice: each SWITCH=VALUE is added */
	OPT_PROPERTY,		/* uint32_t: a bit is set for each */
};

struct option_row {
	const char *name;	/* "max-states" */
	char letter;		/* 'o': -o is the same; or 0 */
	uint8_t kind;
	uint16_t at;
	uint64_t max;
	const char *value;	/* what the value is called, "N" */
	const char *text;	/* what the option does: sentences */
};

/* Values of an option that is given several times. */
#define WORDS_MAX	64
struct words {
	const char *word[WORDS_MAX];
	unsigned n;
};

/* What an operand is: for completion. */
enum operand_kind {
	WORD_ANY, WORD_FILE, WORD_SCENARIO, WORD_BUG, WORD_DECK, WORD_CLAIM, WORD_COMMAND,
	WORD_ONE_OF,
};

struct operands {
	int n;
	char **word;		/* n of them; argv's */
};

#define OPERAND_KINDS	2
struct command {
	const char *name;
	const char *brief;	/* one line, without a full stop */
	const char *about;	/* paragraphs, with "\n\n" between them; what --help and man tell */
	const struct option_row *option;	/* up to one without a name; NULL: it has none */
	struct {
		const char *name;	/* "FILE.db[:RUN]" */
		enum operand_kind kind;
	} operand[OPERAND_KINDS];	/* the last named one may stand several times */
	const char *words;		/* of operands that are WORD_ONE_OF: "scenarios|kernels" */
	int least, most;		/* how many operands */
	const char *needs;		/* what to say where there are fewer or more */
	const char *status[4];		/* what each exit status means; NULL: it is none */
	struct {
		const char *line;	/* "swapscope explore debate" */
		const char *text;	/* what it shows; no full stop */
	} example[2];
	size_t args_size;
	int (*exec)(void *args, const struct operands *in);	/* an exit status */
};

/* All commands, in the order of the help; NULL after the last.  ui/command/command.c has it. */
extern const struct command *const commands[];

const struct command *command_named(const char *name);	/* or NULL */

/* "no command 'explroe'; did you mean 'explore'?"  Returns EXIT_USAGE. */
int command_unknown(const char *name);

/* Run a command; argv[0] is its name.  Returns its exit status. */
int command_run(const struct command *c, int argc, char **argv);

/*
 * Take a command line apart.  EXIT_OK, and *args and *in are filled in; or EXIT_USAGE.  argv is
 * sorted: operands behind options.
 */
int usage_parse(const struct command *c, int argc, char **argv, void *args, struct operands *in);

/* ---- outputs.c ---- */

/*
 * Can every output of a command line be written, and is none what is read, or another one?
 * EXIT_OK; or EXIT_USAGE, and it is said.
 */
int usage_outputs(const struct command *c, const void *args, const struct operands *in);

/* ---- help.c ---- */

void help_overview(FILE *out);
void help_command(FILE *out, const struct command *c);

/* The man page in mdoc(7): of a command, or (NULL) swapscope(1). */
void help_man(FILE *out, const struct command *c);

/* ---- complete.c ---- */

/*
 * What may stand for the last of n words, the first of which is the command's name: a line each,
 * with a tabulator and a description behind it where there is one.  The line ":files" says that
 * it may be a path too; ":files", a tabulator and "--output=": a path behind that.
 * `swapscope help --complete -- WORD...` prints them.
 */
void complete(FILE *out, int n, char **word);

#endif
