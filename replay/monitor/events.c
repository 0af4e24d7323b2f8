/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that probes see, and their events.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/conform/label.h"
#include "replay/monitor/parts.h"
#include "traces/capture/probes.h"

/* ---- functions ---- */

/* What the functions of the model are called in a release: by the table of probes. */
static void name_functions(struct functions *f, const struct kernel *k, unsigned release)
{
	size_t n;
	const struct probe *p = probes_all(&n);

	for (size_t i = 0; i < n; i++) {
		const char *name = p[i].function;
		struct capture_event e = { .side = SIDE_ENTER };
		unsigned variant, of;

		if (release < p[i].since || release > p[i].until)
			continue;
		e.function = (uint16_t)capture_function_named(name, strlen(name), &variant);
		e.variant = (uint8_t)variant;
		of = label_function(k, &e);
		if (of && of < FUNCTIONS && !f->enter[of])
			f->enter[of] = name;
		e.side = SIDE_RETURN;
		of = label_function(k, &e);
		if (of && of < FUNCTIONS && !f->ret[of])
			f->ret[of] = name;
	}
}

static bool named(const char *name, const char *word, size_t length)
{
	return name && strlen(name) == length && !strncmp(name, word, length);
}

/* Ask for one, by its name in the release or in the model. */
static int ask(struct functions *f, const char *word, size_t length, char *err)
{
	bool known = false, any = false;

	for (unsigned i = 0; i < FUNCTIONS; i++) {
		const bool here = named(f->enter[i], word, length) ||
				  named(f->ret[i], word, length);

		known |= named(probe_function_name(i), word, length);
		if (here || (named(probe_function_name(i), word, length) && f->ret[i])) {
			f->seen[i] = true;
			any = true;
		}
	}
	if (any)
		return 0;
	snprintf(err, MONITOR_TEXT_MAX, known ? "'%.*s' cannot be probed in that release" :
		 "no function '%.*s' of the swap path is seen in that release; 'swapscope probes' "
		 "prints those that are", (int)(length < 80 ? length : 80), word);
	return -EINVAL;
}

int functions_of(struct functions *f, const struct kernel *k, unsigned release, const char *list,
		 char *err)
{
	*f = (struct functions){ 0 };
	name_functions(f, k, release);
	for (unsigned i = 0; !list && i < FUNCTIONS; i++)
		f->seen[i] = f->enter[i] || f->ret[i];
	while (list && *list) {
		size_t n = strcspn(list, ", ");

		if (n && ask(f, list, n, err))
			return -EINVAL;
		list += n;
		list += strspn(list, ", ");
	}
	return 0;
}

/* ---- events ---- */

bool call_seen(const struct functions *f, const struct probe_call *c)
{
	if (c->function >= FUNCTIONS || !f->seen[c->function])
		return false;
	if (f->split[c->function])
		return true;
	return probe_returns(c->kind) == f->tells[c->function];
}

/* What returns a folio, an entry or yes: which one it is, is not told apart. */
static bool gives_object(unsigned function)
{
	return function == OP___read_swap_cache_async || function == PROBE_swap_cache_get_folio ||
	       function == OP_folio_alloc_swap;
}

/* The entry of a function is the same whatever it is given. */
int16_t call_value(const struct probe_call *c)
{
	if (!probe_returns(c->kind))
		return 0;
	return gives_object(c->function) ? c->value != 0 : c->value;
}

int event_of(const struct monitor *m, const struct probe_call *c)
{
	for (unsigned i = 0; i < m->events; i++)
		if (m->event[i].function == c->function &&
		    m->event[i].returns == probe_returns(c->kind) &&
		    m->event[i].value == call_value(c))
			return (int)i;
	return -1;
}

/* What is behind the function's name: "_EEXIST", "_0", "_ret" where it says nothing. */
static void name_value(const struct probe_call *c, bool tells, char *buf, size_t size)
{
	static const struct {
		int value;
		const char *name;
	} errors[] = { { -EEXIST, "EEXIST" }, { -ENOENT, "ENOENT" }, { -ENOMEM, "ENOMEM" },
		       { -EFAULT, "EFAULT" }, { -EIO, "EIO" }, { -EAGAIN, "EAGAIN" },
		       { -EBUSY, "EBUSY" } };
	const int value = call_value(c);

	*buf = '\0';
	if (!probe_returns(c->kind))
		return;
	snprintf(buf, size, !tells ? "_ret" : value < 0 ? "_minus_%d" : value > 9 ? "_0x%x" : "_%d",
		 value < 0 ? -value : value);
	if (tells && gives_object(c->function))
		snprintf(buf, size, value ? "_found" : "_NULL");
	for (size_t i = 0; tells && i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].value == value)
			snprintf(buf, size, "_%s", errors[i].name);
	if (c->function == PROBE_shrink_memcg_cb)
		snprintf(buf, size, "_%s", value == PROBE_LRU_REMOVED ? "removed" :
			 value == PROBE_LRU_ROTATE ? "rotate" : "failed");
	else if (c->function == OP_do_swap_page && value == -EFAULT)
		snprintf(buf, size, "_SIGBUS");
}

/* No other event has its name; and it is no longer than the kernel keeps. */
static void name_event(struct monitor *m, struct monitor_event *e, const char *function,
		       const char *value)
{
	char number[8] = "";
	unsigned i = 0, n = 1;

	do {
		const int room = MONITOR_NAME_MAX - 1 - (int)strlen(value) - (int)strlen(number);

		snprintf(e->name, sizeof(e->name), "%.*s%.20s%.6s", room, function, value, number);
		for (i = 0; i < m->events && strcmp(m->event[i].name, e->name); i++)
			;
		snprintf(number, sizeof(number), "_%u", ++n);
	} while (i < m->events);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct monitor_event *)a)->name,
		      ((const struct monitor_event *)b)->name);
}

int events_make(struct monitor *m, const struct probe_call *calls, size_t n)
{
	const struct functions *f = m->functions;

	for (size_t i = 0; i < n; i++) {
		const struct probe_call *c = &calls[i];
		struct monitor_event *e = &m->event[m->events];
		const char *name;
		char value[32];

		if (!call_seen(f, c) || event_of(m, c) >= 0)
			continue;
		if (m->events == MONITOR_EVENTS_MAX)
			return -E2BIG;
		name = probe_returns(c->kind) || !f->enter[c->function] ? f->ret[c->function] :
		       f->enter[c->function];
		name_value(c, f->tells[c->function], value, sizeof(value));
		*e = (struct monitor_event){ .function = c->function, .value = call_value(c),
					     .returns = probe_returns(c->kind) };
		name_event(m, e, name ? name : probe_function_name(c->function), value);
		m->events++;
	}
	qsort(m->event, m->events, sizeof(*m->event), by_name);
	return 0;
}

/* ---- idle ---- */

bool is_idle(const struct monitor *m, const struct world *w)
{
	const struct slot *slot = &w->mem.slot[m->index];

	if (m->of == MONITOR_TASK)
		return task_finished(&w->task[m->index]) ||
		       task_at_start(&w->task[m->index], &m->scenario->program[m->index]);
	return !slot->swap_map && !slot->cache && slot->parked == PARKED_NOT;
}
