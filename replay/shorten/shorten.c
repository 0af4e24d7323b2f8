/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/shorten/shorten.h"

#include <errno.h>
#include <stdlib.h>

#include "replay/shorten/parts.h"

/* Until nothing finds a better run: each is asked again when another has changed it. */
static void work(struct shortening *z)
{
	cut_rounds(z);
	while (!z->err) {
		/* where it is the shortest, no move can be left out */
		if (!z->r->shortest && leave_out(z))
			continue;
		if (reorder(z) || search_on(z))
			continue;
		break;
	}
}

/* The result made by an execution, which knows nothing of how it was come by. */
static int confirm(const struct shortening *z)
{
	struct execution x;
	int err = execution_init(&x, z->s, z->k);

	if (err)
		return err;
	err = execution_run(&x, &z->r->schedule);
	if (!err && !((x.step[x.n - 1].violated | x.step[x.n - 1].costs) >> z->property & 1))
		err = -ENOENT;
	execution_free(&x);
	return err;
}

static int keep(struct shortening *z)
{
	for (size_t i = 0; i < z->best.n; i++)
		if (schedule_add(&z->r->schedule, z->best.move[i]))
			return -ENOMEM;
	z->r->switches = z->best.switches;
	z->r->minimal = !z->err;
	if (z->r->searched > z->best.n)
		z->r->searched = z->best.n;
	return confirm(z);
}

int shorten(struct shortened *r, const struct scenario *s, const struct kernel *k,
	    const struct schedule *run, enum property property, const struct shorten_options *o)
{
	struct shortening z = { .s = s, .k = k, .o = o, .property = property, .r = r };
	int err;

	*r = (struct shortened){ .before_steps = run->n, .before_switches = schedule_switches(run),
				 .searched = SIZE_MAX };
	if (property == PROP_LIVELOCK)
		return -ENOTSUP;
	err = route_begin(&z, run);
	if (!err)
		work(&z);
	if (!err)
		err = z.err == -ENOMEM ? -ENOMEM : keep(&z);
	route_end(&z);
	if (err)
		shortened_free(r);
	return err;
}

void shortened_free(struct shortened *r)
{
	schedule_free(&r->schedule);
}
