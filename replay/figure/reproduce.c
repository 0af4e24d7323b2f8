/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/figure/reproduce.h"

#include <errno.h>
#include <string.h>

#include "core/scenario/scenario.h"
#include "core/text.h"

void print_quoted(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, out);
		return;
	}
	if (!text_shows(word)) {	/* a terminal would obey it */
		fputs("$'", out);
		for (; *word; word++)
			fprintf(out, strchr(plain, *word) ? "%c" : "\\%03o", (unsigned char)*word);
		fputc('\'', out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\'", out);
		fputc(*word, out);
	}
	fputc('\'', out);
}

void print_kernel_options(FILE *out, const char *name)
{
	const char *option = " --kernel ";
	char word[128];		/* a file may say anything: it is cut, and no word of a shell */

	while (*name) {
		size_t n = strcspn(name, " ");

		snprintf(word, sizeof(word), "%.*s", (int)n, name);
		fputs(option, out);
		print_quoted(out, word);
		name += n + strspn(name + n, " ");
		option = " --set ";
	}
}

int run_schedule_text(struct trace *t, uint64_t moves, FILE *out)
{
	unsigned task = 0, choice = 0;
	uint64_t n = 0;

	for (uint64_t at = 1; at <= moves + 1; at++) {
		const struct trace_event *ev = at <= moves ? trace_event_at(t, at) : NULL;

		if (at <= moves && (!ev || ev->task >= trace_info(t)->tasks))
			return -EBADMSG;
		if (ev && n && ev->task == task && ev->choice == choice) {
			n++;
			continue;
		}
		if (n)
			fputs(trace_info(t)->task_name[task], out);
		if (n && choice)
			fprintf(out, "/%u", choice);
		if (n > 1)
			fprintf(out, "*%llu", (unsigned long long)n);
		if (n && ev)
			fputc(' ', out);
		task = ev ? ev->task : 0;
		choice = ev ? ev->choice : 0;
		n = 1;
	}
	return 0;
}

bool can_run_again(const struct run_info *info)
{
	for (size_t i = 0; i < builtin_scenario_count && !info->live; i++)
		if (!strcmp(builtin_scenarios[i].name, info->scenario))
			return !strcmp(builtin_scenarios[i].text, info->scenario_text);
	return false;
}

void print_run_command(FILE *out, const char *scenario, const char *kernel, const char *schedule)
{
	fputs("swapscope run ", out);
	print_quoted(out, scenario);
	print_kernel_options(out, kernel);
	fputs(" --schedule ", out);
	print_quoted(out, schedule);
}
