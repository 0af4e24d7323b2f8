/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/record/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int acts_new(struct acts *a)
{
	*a = (struct acts){ .file = tmpfile() };
	return a->file ? 0 : -errno;
}

void acts_free(struct acts *a)
{
	if (a->act)
		munmap(a->act, a->n * sizeof(a->act[0]));
	if (a->file)
		fclose(a->file);
	*a = (struct acts){ 0 };
}

int acts_add(void *arg, const struct act *act)
{
	struct acts *a = arg;
	struct ordered_act o;

	memset(&o, 0, sizeof(o));
	o.act = *act;
	o.order = a->n++;
	return fwrite(&o, sizeof(o), 1, a->file) == 1 ? 0 : -EIO;
}

static int by_event(const void *x, const void *y)
{
	const struct ordered_act *a = x, *b = y;

	if (a->act.event != b->act.event)
		return a->act.event < b->act.event ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Where each page of a slot got its data. */
struct origin {
	size_t at[MAX_PAGES];		/* + 1; 0: not known */
};

static void learn(struct acts *a, struct origin *of_slot)
{
	for (size_t i = 0; i < a->n; i++) {
		struct act *act = &a->act[i].act;
		struct origin *o = &of_slot[act->slot];

		if (act->kind == ACT_SLOT) {
			memset(o, 0, sizeof(*o));
			o->at[0] = i + 1;
		} else if (act->kind == ACT_LIFE) {
			o->at[act->page] = i + 1;
		} else if (act->kind == ACT_MOVE) {
			o->at[act->to] = i + 1;
		} else if (act->kind == ACT_BEGIN && act->addr && o->at[act->page]) {
			struct act *origin = &a->act[o->at[act->page] - 1].act;

			if (!origin->addr)
				origin->addr = act->addr;
		}
	}
}

/* From the end back: in which lives is it certain that data is lost? */
static void judge(struct acts *a, bool *certain)
{
	for (size_t i = a->n; i-- > 0;) {
		struct act *act = &a->act[i].act;

		if (act->kind == ACT_LOST)
			certain[act->slot] = true;
		else if (act->kind == ACT_LIFE || act->kind == ACT_SLOT)
			certain[act->slot] = false;
		else if (act->kind == ACT_STEP && certain[act->slot])
			act->seen |= ACT_CERTAIN;
	}
}

int acts_sort(struct acts *a)
{
	struct origin *of_slot;
	bool *certain;
	uint32_t slots = 0;
	void *p;

	if (fflush(a->file))
		return -errno;
	if (!a->n)
		return 0;
	p = mmap(NULL, a->n * sizeof(a->act[0]), PROT_READ | PROT_WRITE, MAP_SHARED,
		 fileno(a->file), 0);
	if (p == MAP_FAILED)
		return -errno;
	a->act = p;
	qsort(a->act, a->n, sizeof(a->act[0]), by_event);
	for (size_t i = 0; i < a->n; i++)
		if (a->act[i].act.slot > slots)
			slots = a->act[i].act.slot;
	of_slot = calloc(slots + 1u, sizeof(*of_slot));
	if (!of_slot)
		return -ENOMEM;
	certain = calloc(slots + 1u, sizeof(*certain));
	if (certain) {
		learn(a, of_slot);
		judge(a, certain);
	}
	free(certain);
	free(of_slot);
	return certain ? 0 : -ENOMEM;
}
