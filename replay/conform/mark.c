/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/conform/mark.h"

#define PAGE_OF(addr)	((addr) & ~UINT64_C(0xfff))

/* What was lost before is still lost: a later fault need not have lost it.  False: it is new. */
static bool wrong_before(struct readings *all, uint64_t addr, uint64_t version)
{
	for (unsigned i = 0; i < all->wrongs; i++)
		if (all->wrong[i].addr == addr && all->wrong[i].version == version)
			return true;
	if (all->wrongs == WRONG_MAX)
		return true;
	all->wrong[all->wrongs].addr = addr;
	all->wrong[all->wrongs++].version = version;
	return false;
}

static void take_read(const struct readings *all, const struct reader *r, uint64_t addr,
		      bool whole, struct reading *out)
{
	if (addr && r->fault == addr && r->end && r->writes == all->writes && !all->writing)
		*out = (struct reading){
			.slot = r->slot, .addr = addr, .event = r->end, .whole = whole,
		};
}

static void take_mark(struct readings *all, struct reader *r, const struct capture_mark *m,
		      struct reading *out)
{
	switch (m->kind) {
	case MARK_READ:
		r->read = m->has_addr ? PAGE_OF(m->addr) : 0;
		r->end = 0;	/* who reads without a fault may have written it, too */
		break;
	case MARK_READ_END:
		if (m->has_ok && m->ok)
			take_read(all, r, r->read, true, out);
		break;
	case MARK_CORRUPT:
		if (m->has_addr && !wrong_before(all, PAGE_OF(m->addr), m->want))
			take_read(all, r, PAGE_OF(m->addr), false, out);
		break;
	case MARK_WRITE:
		all->writing += !r->writing;
		r->writing = true;
		all->writes++;
		break;
	case MARK_WRITE_END:
		all->writing -= r->writing;
		r->writing = false;
		all->writes++;
		break;
	case MARK_DONTNEED:
	case MARK_MUNMAP:
	case MARK_UFFD_MOVE:
		all->writes++;
		break;
	default:
		break;
	}
}

void reader_event(struct readings *all, struct reader *r, const struct capture_event *e,
		  struct reading *out)
{
	struct capture_mark m;

	*out = (struct reading){ 0 };
	if (e->side == SIDE_MARK && capture_mark(e->text, &m)) {
		take_mark(all, r, &m, out);
	} else if (e->function == FN_do_swap_page && e->side == SIDE_ENTER) {
		r->fault = e->mask & HAS_ADDR ? PAGE_OF(e->addr) : 0;
		r->slot = e->slot;
		r->end = 0;
	} else if (e->function == FN_do_swap_page && e->side == SIDE_RETURN) {
		r->end = e->slot && e->slot == r->slot ? e->id : 0;
		r->writes = all->writes;
	}
}

bool reading_fits(const struct reading *g, const struct conform_slot *s,
		  const struct cstate *state)
{
	const struct mem *m = &state->w.mem;

	for (unsigned i = 0; i < MAX_PAGES; i++) {
		const struct vpage *p = &m->page[i];

		if (p->pte == PTE_PRESENT && PAGE_OF(s->addr[i]) == g->addr)
			return (m->folio[p->target].content == p->stamp) == g->whole;
	}
	return true;
}
