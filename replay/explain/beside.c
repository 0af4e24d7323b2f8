/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * beside.c - the same schedule under the kernel that a scenario's [bug] calls repaired, and which
 * rule is in the way there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "replay/explain/parts.h"
#include "replay/pair/align.h"

static bool breaks(const struct execution *x, uint32_t property)
{
	for (size_t i = 0; i < x->n; i++)
		if ((x->step[i].violated | x->step[i].costs) & property)
			return true;
	return false;
}

/* ", by the rule pin (none here, has_cache there)" */
static void say_rules(char *text, size_t size, uint64_t rules, const struct kernel *here,
		      const struct kernel *there)
{
	bool several = rules & (rules - 1);
	const char *comma = several ? ", by either of the rules " : ", by the rule ";

	for (unsigned s = 0; s < SWITCH_COUNT; s++) {
		char a[32], b[32];

		if (!(rules >> s & 1))
			continue;
		add_text(text, size, "%s%s (%s here, %s there)", comma, kernel_switches[s].name,
			 switch_value(s, kernel_get(here, s), a, sizeof(a)),
			 switch_value(s, kernel_get(there, s), b, sizeof(b)));
		comma = ", ";
	}
}

int repaired_beside(struct explanation *e, const struct again *a)
{
	const struct bug *bug = &a->s.bug;
	int property = property_find(e->property), r;
	struct execution b;
	struct parted p;
	const struct step *step;

	if (!bug->present || property < 0)
		return 0;
	r = execution_init(&b, &a->s, &bug->beside.kernel);
	if (r)
		return r;
	r = same_schedule_parts(&a->x, &b, &p);
	if (!r && p.a < a->x.n && !breaks(&b, 1u << property)) {
		step = step_at((size_t)a->x.step[p.a].step);
		snprintf(e->beside, sizeof(e->beside), "Under %.100s the same schedule has no %s: "
			 "it parts from this one at step %zu, '%.120s'", bug->beside.text,
			 e->property, p.a + 1, step->text);
		say_rules(e->beside, sizeof(e->beside),
			  parting_switches(&a->x, &b.kernel, p.a), &a->x.kernel, &b.kernel);
	}
	execution_free(&b);
	return r == -ENOMEM ? r : 0;
}
