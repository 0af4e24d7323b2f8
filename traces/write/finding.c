/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a finding says: the property's sentence, and who did what to which object.
 */
#include <stdio.h>
#include <string.h>

#include "traces/types.h"
#include "traces/write/rows.h"
#include "traces/write/writer.h"

struct say {
	const struct trace_writer *tw;
	const struct exec_step *step;
	const struct mem *before, *after;
	char *buf;
	size_t size;
};

static const char *task(const struct say *s, unsigned t)
{
	return t < MAX_TASKS && s->tw->task_name[t][0] ? s->tw->task_name[t] : "a task";
}

static const char *me(const struct say *s)
{
	return task(s, s->step->move.task);
}

static void stamp_word(char *buf, size_t size, unsigned stamp)
{
	if (stamp == STAMP_ZERO || stamp == STAMP_GARBAGE)
		snprintf(buf, size, "%s", stamp == STAMP_ZERO ? "zeroes" : "garbage");
	else
		snprintf(buf, size, "v%u", stamp);
}

static void say_who(const struct say *s)
{
	snprintf(s->buf, s->size, "after a step of %s", me(s));
}

/* No PTE was set: a folio that is mapped, or that the swap cache has for a page, is wrong. */
static void say_there(const struct say *s)
{
	say_who(s);
	for (unsigned i = 0; i < MAX_PAGES; i++) {
		const struct vpage *p = &s->after->page[i];
		unsigned folio = p->pte == PTE_PRESENT ? p->target :
				 p->pte == PTE_SWAP ? s->after->slot[p->target].cache : 0;
		char is[16], want[16];
		size_t n = strlen(s->buf);

		if (!folio || s->after->mm[p->mm].ptl ||
		    !(s->after->folio[folio].flags & FOLIO_UPTODATE) ||
		    s->after->folio[folio].content == p->stamp)
			continue;
		stamp_word(is, sizeof(is), s->after->folio[folio].content);
		stamp_word(want, sizeof(want), p->stamp);
		snprintf(s->buf + n, s->size - n, ": folio %u%s has %s, not %s of page %u", folio,
			 p->pte == PTE_SWAP ? " in the swap cache" : "", is, want, i);
		return;
	}
}

static void say_mapped(const struct say *s)
{
	const struct vpage *p;
	char got[16];
	int n;

	p = s->step->ev.set_pte ? &s->after->page[s->step->ev.set_pte - 1] : NULL;
	if (!p || s->after->folio[p->target].content == p->stamp) {
		say_there(s);
		return;
	}
	stamp_word(got, sizeof(got), s->after->folio[p->target].content);
	n = snprintf(s->buf, s->size, "page %u gets %s (folio %u), its owner wrote v%u",
		     s->step->ev.set_pte - 1u, got, p->target, p->stamp);
	if (s->step->byte_error >= 0)
		snprintf(s->buf + n, s->size - (size_t)n, " (first wrong byte at %d)",
			 s->step->byte_error);
}

static void say_lost(const struct say *s)
{
	for (unsigned i = 0; i < MAX_PAGES; i++)
		if (s->after->page[i].pte == PTE_SWAP && !page_copies(s->after, i) &&
		    page_copies(s->before, i)) {
			snprintf(s->buf, s->size, "%s drops the last copy of page %u (slot %u)",
				 me(s), i, s->after->page[i].target);
			return;
		}
}

static void say_uaf(const struct say *s)
{
	unsigned entry = s->step->ev.deref;
	const struct freed *f = &s->tw->freed[entry % MAX_ENTRIES];
	const struct step *by;

	if (!f->position) {
		snprintf(s->buf, s->size, "%s reads entry %u", me(s), entry);
		return;
	}
	by = step_at((size_t)f->step);
	snprintf(s->buf, s->size, "%s reads entry %u, which %s freed at step %llu (%s: %s)", me(s),
		 entry, task(s, f->task), (unsigned long long)f->position, step_op_name(by),
		 by->text);
}

static void say_dfree(const struct say *s)
{
	const struct step *by = step_at((size_t)s->step->step);

	snprintf(s->buf, s->size, "%s frees it again (%s: %s)", me(s), step_op_name(by), by->text);
}

static void say_count(const struct say *s)
{
	if (s->step->ev.bad_count) {
		snprintf(s->buf, s->size, "%s drops a count of slot %u, which has none", me(s),
			 s->step->ev.bad_count - 1u);
		return;
	}
	for (unsigned slot = 0; slot < MAX_SLOTS; slot++) {
		unsigned count = s->after->slot[slot].swap_map & SWAP_MAP_COUNT, ptes = 0;

		for (unsigned i = 0; i < MAX_PAGES; i++)
			ptes += s->after->page[i].pte == PTE_SWAP &&
				s->after->page[i].target == slot;
		if (ptes != count) {
			snprintf(s->buf, s->size, "slot %u counts %u and %u swap PTEs name it",
				 slot, count, ptes);
			return;
		}
	}
}

static void say_pin(const struct say *s)
{
	const struct slot *was;

	if (!s->step->ev.unpin_other) {
		snprintf(s->buf, s->size, "after a step of %s", me(s));
		return;
	}
	was = &s->before->slot[s->step->ev.unpin_other - 1];
	snprintf(s->buf, s->size, "%s drops the one of slot %u, which is held by %s (%s)", me(s),
		 s->step->ev.unpin_other - 1u,
		 was->holder_task ? task(s, was->holder_task - 1u) : "nobody or the folio",
		 holder_name(was->holder));
}

static void say_stale(const struct say *s)
{
	const struct event *ev = &s->step->ev;

	if (ev->adopt)
		snprintf(s->buf, s->size,
			 "%s takes folio %u, read in life %u of slot %u, which is in life %u",
			 me(s), ev->adopt, s->before->folio[ev->adopt].src_life,
			 ev->adopt_slot - 1u, s->before->slot[ev->adopt_slot - 1].life);
	else if (ev->cached_data)
		snprintf(s->buf, s->size,
			 "folio %u of the swap cache has data of life %u; the slot is in life %u",
			 ev->cached_data, s->after->folio[ev->cached_data].src_life,
			 s->after->slot[s->after->folio[ev->cached_data].swp - 1].life);
	else if (ev->dev_write)
		snprintf(s->buf, s->size, "a late write reaches the block of slot %u",
			 ev->dev_write - 1u);
}

static void say_wbold(const struct say *s)
{
	const struct folio *f = &s->after->folio[s->step->ev.wb_submit];
	unsigned slot = f->io_swp - 1u;
	int page;

	if (!s->step->ev.wb_submit || slot >= MAX_SLOTS)
		return;
	page = slot_owner(s->after, slot);
	if (s->after->slot[slot].cache != s->step->ev.wb_submit)
		snprintf(s->buf, s->size, "%s writes to slot %u, whose pin it does not have", me(s),
			 slot);
	else if (page >= 0)
		snprintf(s->buf, s->size,
			 "%s writes v%u to slot %u, whose owner (page %d) wrote v%u", me(s), f->io,
			 slot, page, s->after->page[page].stamp);
}

static void say_nothing(const struct say *s)
{
	(void)s;
}

int tw_findings(struct trace_writer *tw, const struct exec_step *step, const struct world *after)
{
	static void (*const say[PROPERTY_COUNT])(const struct say *s) = {
		[PROP_MAPPED] = say_mapped, [PROP_LOST] = say_lost, [PROP_UAF] = say_uaf,
		[PROP_DFREE] = say_dfree, [PROP_COUNT] = say_count, [PROP_PIN] = say_pin,
		[PROP_STALE] = say_stale, [PROP_WBOLD] = say_wbold,
		[PROP_DEADLOCK] = say_nothing, [PROP_LIVELOCK] = say_nothing,
	};

	for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
		char detail[300] = "", text[512];
		const struct say s = {
			.tw = tw, .step = step, .before = &tw->raw.mem, .after = &after->mem,
			.buf = detail, .size = sizeof(detail),
		};

		if (!(step->violated & 1u << i))
			continue;
		if (say[i])
			say[i](&s);
		/* the rule alone would read as if it held; that nobody can move, nobody does */
		if (!detail[0] && say[i] != say_nothing)
			say_who(&s);
		/* first who and what: screens are narrow, and the rule has a name already */
		snprintf(text, sizeof(text), detail[0] ? "%s.  Rule: %s" : "%s%s", detail,
			 properties[i].text);
		rows_finding(tw, tw->position, properties[i].name, text);
	}
	return tw->error;
}

int tw_loop(struct trace_writer *tw, const struct execution *x, uint64_t loop)
{
	uint32_t never = execution_never_done(x, loop);
	char text[512] = "";
	size_t n = 0;

	for (unsigned i = 0; i < x->scenario->tasks && n < sizeof(text); i++)
		if (never >> i & 1)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? ", " : "",
					      x->scenario->program[i].name);
	if (n < sizeof(text))
		snprintf(text + n, sizeof(text) - n,
			 " never done: back to position %llu, for ever.  Rule: %s",
			 (unsigned long long)loop, properties[PROP_LIVELOCK].text);
	return tw_row(tw, SQL_FINDING, INT(tw->run), INT(tw->position),
		      TEXT(properties[PROP_LIVELOCK].name), TEXT(text), INT(loop));
}
