/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions in SQL: one from the command line, or a small shell.
 */
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/text/answer.h"
#include "traces/trace.h"
#include "ui/command/command.h"
#include "ui/text/cookbook.h"

struct shell {
	struct query *query;
	const char *path;
	struct answer answer;
	bool terminal;		/* somebody types */
	bool quit;
	char *text;		/* the statement so far */
	size_t size, cap;
};

static const char help_text[] =
	"SQL up to a ';' is answered.  .tables says what there is to ask for; nothing can be "
	"changed.\n"
	".cookbook          the worked queries of docs/trace-format.md\n"
	".cookbook N        show and answer number N\n"
	".help              this\n"
	".mode box|csv|list how answers look\n"
	".quit              leave (or ^D); ^C stops an answer\n"
	".schema [NAME]     the text of the schema, or of one table or view\n"
	".tables            the tables and views\n";

/* ---- ^C ---- */

static struct query *running;	/* what ^C stops */

static void on_interrupt(int sig)
{
	(void)sig;
	if (running)
		query_interrupt(running);
}

/* Without SA_RESTART: a line that is being typed is given up too. */
static void catch_interrupts(struct query *q)
{
	const struct sigaction act = { .sa_handler = on_interrupt };

	running = q;
	sigaction(SIGINT, &act, NULL);
}

static void let_interrupts(void)
{
	signal(SIGINT, SIG_DFL);
	running = NULL;
}

/* ---- answers ---- */

static int say(const char *err, int r)
{
	return usage_error("%s", *err ? err : strerror(-r));
}

static int answer(struct shell *s, const char *sql)
{
	char err[TRACE_ERROR_MAX];
	int r = query_run(s->query, sql, answer_row, &s->answer, err);

	answer_end(&s->answer);
	if (fflush(stdout) || ferror(stdout)) {		/* nobody reads */
		s->quit = true;
		return r ? say(err, r) : EXIT_OK;
	}
	return r ? say(err, r) : EXIT_OK;
}

/* ---- commands with a dot ---- */

static int list_recipes(void)
{
	struct recipe r;

	for (unsigned i = 1; cookbook_find(i, &r); i++) {
		printf("%3u  %.*s\n", i, (int)r.title_length, r.title);
		free(r.sql);
	}
	return EXIT_OK;
}

static int dot_cookbook(struct shell *s, const char *word)
{
	struct recipe r;
	uint64_t n;
	int status;

	if (!*word)
		return list_recipes();
	status = number_argument(".cookbook", word, UINT16_MAX, &n);
	if (status)
		return status;
	if (!cookbook_find((unsigned)n, &r))
		return usage_error(".cookbook %s: there is no such recipe; .cookbook lists them",
				   word);
	if (s->answer.mode == ANSWER_BOX)
		printf("-- %.*s\n%s", (int)r.title_length, r.title, r.sql);
	status = answer(s, r.sql);
	free(r.sql);
	return status;
}

static int dot_mode(struct shell *s, const char *word)
{
	for (int i = 0; i < ANSWER_MODES; i++)
		if (!strcmp(word, answer_mode_name[i])) {
			s->answer.mode = (enum answer_mode)i;
			return EXIT_OK;
		}
	return usage_error("mode '%s': box, csv or list is needed", word);
}

static int dot_schema(struct shell *s, const char *word)
{
	size_t n;
	const char *text = query_schema(*word ? word : NULL, &n);

	(void)s;
	if (!text)
		return usage_error(".schema %s: there is no such table or view; .tables lists them",
				   word);
	printf("%.*s%s", (int)n, text, *word ? ";\n" : "");
	return EXIT_OK;
}

static int dot_tables(struct shell *s, const char *word)
{
	(void)word;
	return answer(s, "SELECT name, CASE type WHEN 'view' THEN 'view' ELSE 'table' END AS type "
		      "FROM (SELECT name, type FROM main.sqlite_schema WHERE type = 'table' "
		      "AND name NOT LIKE 'sqlite_%' UNION "
		      "SELECT name, type FROM temp.sqlite_schema WHERE type = 'view' "
		      "AND name NOT IN (SELECT name FROM main.sqlite_schema WHERE type = 'table')) "
		      "ORDER BY type, name");
}

static int dot_help(struct shell *s, const char *word)
{
	(void)s;
	(void)word;
	fputs(help_text, stdout);
	return EXIT_OK;
}

static int dot_quit(struct shell *s, const char *word)
{
	(void)word;
	s->quit = true;
	return EXIT_OK;
}

static int dot_command(struct shell *s, char *line)
{
	static const struct {
		const char *name;
		int (*exec)(struct shell *s, const char *word);
	} dots[] = {
		{ ".cookbook", dot_cookbook }, { ".help", dot_help }, { ".mode", dot_mode },
		{ ".quit", dot_quit }, { ".exit", dot_quit }, { ".schema", dot_schema },
		{ ".tables", dot_tables },
	};
	const char *blanks = " \t\r\n";
	char *name = strtok(line, blanks), *word = strtok(NULL, blanks);

	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++)
		if (!strcmp(name, dots[i].name))
			return dots[i].exec(s, word ? word : "");
	return usage_error("no command '%s'; .help lists them", name);
}

/* ---- the shell ---- */

static int add_line(struct shell *s, const char *line)
{
	size_t n = strlen(line), cap = 2 * (s->size + n + 1);

	if (s->size + n >= s->cap) {
		char *text = realloc(s->text, cap);

		if (!text)
			return usage_error("out of memory");
		s->text = text;
		s->cap = cap;
	}
	memcpy(s->text + s->size, line, n + 1);
	s->size += n;
	return EXIT_OK;
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

static int take_line(struct shell *s, char *line)
{
	int status = EXIT_OK;

	if (!s->size && is_blank(line))
		return EXIT_OK;
	if (!s->size && line[strspn(line, " \t")] == '.')
		return dot_command(s, line);
	status = add_line(s, line);
	if (!status && query_complete(s->text)) {
		status = answer(s, s->text);
		s->size = 0;
	}
	return status;
}

static void prompt(const struct shell *s)
{
	if (s->terminal) {
		fputs(s->size ? "   ...> " : "swapscope> ", stdout);
		fflush(stdout);
	}
}

/* A line on a terminal may be wrong; in a pipe, what comes after it may not be meant any more. */
static int run_shell(struct shell *s)
{
	int status = EXIT_OK;
	char *line = NULL;
	size_t cap = 0;

	if (s->terminal)
		printf("%s, to be read only.  .help says more, .cookbook asks for you.\n", s->path);
	while (!s->quit && (!status || s->terminal)) {
		prompt(s);
		errno = 0;
		if (getline(&line, &cap, stdin) >= 0) {
			status = take_line(s, line);
			continue;
		}
		if (errno != EINTR)
			break;
		clearerr(stdin);
		s->size = 0;
		putchar('\n');
	}
	if (s->terminal && !s->quit)
		putchar('\n');
	if (s->size && !s->quit && (!status || s->terminal))
		status = answer(s, s->text);
	free(line);
	return s->terminal ? EXIT_OK : status;
}

struct sql_args {
	const char *mode;
};

static int exec_sql(void *args, const struct operands *in)
{
	const struct sql_args *a = args;
	struct shell s = { .answer.out = stdout, .path = in->word[0] };
	char *query = in->n > 1 ? in->word[1] : NULL;
	char err[TRACE_ERROR_MAX];
	int status;

	s.answer.mode = isatty(STDOUT_FILENO) ? ANSWER_BOX : ANSWER_LIST;
	status = a->mode ? dot_mode(&s, a->mode) : EXIT_OK;
	if (!status)
		status = whole_file("sql", s.path);
	if (status)
		return status;
	if (query_open(&s.query, s.path, err))
		return cannot_open(s.path, err);
	s.answer.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	s.terminal = !query && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	catch_interrupts(s.query);
	if (query && *query == '.')
		status = dot_command(&s, query);
	else
		status = query ? answer(&s, query) : run_shell(&s);
	let_interrupts();
	query_close(s.query);
	free(s.text);
	return status;
}

static const struct option_row options[] = {
	VALUE_OPTION(sql_args, "mode", OPT_WORD, mode, "box|csv|list",
		     "A table for people, RFC 4180, or values with '|' between them; box on a "
		     "terminal and list elsewhere unless it is given."),
	{ 0 },
};

const struct command cmd_sql = {
	.name = "sql",
	.brief = "questions in SQL to a trace, packed or not; without one a shell with a cookbook",
	.about = "Answers a query (one word, in quotes; behind -- where it begins with a hyphen) "
		 "or does what a dot command of the shell does, .cookbook; "
		 "without one it reads queries from standard input; on a terminal it is a "
		 "shell, where .help says more and .cookbook shows worked queries. The file is "
		 "only read, and nothing of it is run: neither its views nor its "
		 "triggers.\n\nThe tables are those of swapscope-trace(5); packed runs are in "
		 "event, change and keyframe like others.",
	.option = options,
	.operand = { { "FILE.db", WORD_FILE }, { "QUERY", WORD_ANY } },
	.least = 1, .most = 2,
	.needs = "which trace? a query is one word, in quotes",
	.status = { "answered", NULL, "wrong usage, input or query" },
	.example = {
		{ "swapscope sql a.db 'SELECT * FROM entry_life'",
		  "which step freed the entry, and who was reading it" },
		{ "swapscope sql a.db --mode csv 'SELECT * FROM who_held_pin'",
		  "who held SWAP_HAS_CACHE when, for a program" },
	},
	.args_size = sizeof(struct sql_args),
	.exec = exec_sql,
};
