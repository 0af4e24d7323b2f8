/* SPDX-License-Identifier: GPL-2.0-only */
/* newest.c - where a page has old data: which write it lacks, and where that went. */
#include "replay/explain/chain.h"

/* Does its owner write the page no more after that? */
static bool is_last_write(const struct chain *c, const struct explain_link *write)
{
	if (write->role != EXPLAIN_WRITE || write->object.kind != OBJ_PAGE)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		const struct explain_link *l = &c->candidate[i].link;

		if (l->at > write->at && l->role == EXPLAIN_WRITE && l->object.kind == OBJ_PAGE &&
		    l->object.number == write->object.number)
			return false;
	}
	return true;
}

/* Does it put data of a page into a place behind it, or say that there is none? */
static bool puts_away(const struct explain_link *l)
{
	return l->role == EXPLAIN_STORE || l->role == EXPLAIN_BLOCK ||
	       (l->role == EXPLAIN_CHANGE && l->object.kind == OBJ_SLOT);
}

void chain_weigh_newest(struct chain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!is_last_write(c, &c->candidate[i].link))
			continue;
		c->candidate[i].weight = WEIGHT_CAUSE;
		for (size_t j = 0; j < c->n; j++)
			if (c->candidate[j].link.at > c->candidate[i].at &&
			    c->candidate[j].weight == WEIGHT_ACT &&
			    puts_away(&c->candidate[j].link))
				c->candidate[j].weight = WEIGHT_CAUSE;
	}
}

void chain_weigh_pte(struct chain *c)
{
	struct candidate *last = NULL;

	for (size_t i = 0; i < c->n; i++) {
		struct candidate *is = &c->candidate[i];

		if (is->link.object.kind == OBJ_PAGE && is->at < c->end &&
		    (!last || is->at > last->at))
			last = is;
	}
	if (last)
		last->weight = WEIGHT_CAUSE;
}
