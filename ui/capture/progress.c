/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/capture/progress.h"

#include <string.h>
#include <unistd.h>

#include "ui/command/command.h"

static double seconds_since(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->tv_sec) + 1e-9 * (double)(now.tv_nsec - t->tv_nsec);
}

/* A line that the next one, or the end, writes over. */
static void tell_reading(void *arg, const struct capture_info *so_far, uint64_t bytes,
			 uint64_t size)
{
	struct import_progress *p = arg;
	const double mib = 1 << 20, seconds = seconds_since(&p->begun);
	char n[32], m[32], name[SHOWN_MAX], of[64] = "";

	if (seconds_since(&p->told) < 0.1)
		return;
	clock_gettime(CLOCK_MONOTONIC, &p->told);
	if (size)
		snprintf(of, sizeof(of), " of %.1f", (double)size / mib);
	fprintf(stderr, "\r%.30s: %.1f%s MiB, %s events", shown(p->name, name),
		(double)bytes / mib, of, grouped(so_far->events, n));
	if (size)
		fprintf(stderr, ", %.0f %%", 100. * (double)bytes / (double)size);
	if (seconds > 0.1)
		fprintf(stderr, ", %s a second",
			grouped((uint64_t)((double)so_far->events / seconds), m));
	fputs("\033[K", stderr);
}

void import_phase(const struct import_progress *p, const char *what, uint64_t events)
{
	char n[COUNTED_MAX], name[SHOWN_MAX];

	if (!isatty(STDERR_FILENO))
		return;
	if (what)
		fprintf(stderr, "\r%.30s: %s of %s ..\033[K", shown(p->name, name),
			what, counted(events, "event", n));
	else
		fputs("\r\033[K", stderr);
}

void import_tells(struct import_progress *p, struct capture_info *info)
{
	const char *slash = strrchr(p->name, '/');

	p->name = slash ? slash + 1 : p->name;
	clock_gettime(CLOCK_MONOTONIC, &p->begun);
	p->told = p->begun;
	if (isatty(STDERR_FILENO)) {
		info->progress = tell_reading;
		info->progress_arg = p;
	}
}
