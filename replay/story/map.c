/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/story/map.h"

#include <errno.h>
#include <stdlib.h>

#define PAIRS_MAX	(1u << 22)

/* Where the key is, or would be: there is always room for one more. */
static struct story_pair *find(const struct story_map *m, uint64_t key)
{
	size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (m->room - 1);

	while (m->pair[i].key && m->pair[i].key != key)
		i = (i + 1) & (m->room - 1);
	return &m->pair[i];
}

static int grow(struct story_map *m)
{
	struct story_map more = { .room = m->room ? 2 * m->room : 256, .pairs = m->pairs };

	more.pair = calloc(more.room, sizeof(*more.pair));
	if (!more.pair)
		return -ENOMEM;
	for (size_t i = 0; i < m->room; i++)
		if (m->pair[i].key)
			*find(&more, m->pair[i].key) = m->pair[i];
	free(m->pair);
	*m = more;
	return 0;
}

int story_map_put(struct story_map *m, uint64_t key, uint64_t value)
{
	struct story_pair *p;

	if (key == UINT64_MAX)
		return 0;
	if (2 * m->pairs >= m->room && m->pairs < PAIRS_MAX && grow(m))
		return -ENOMEM;
	p = find(m, key + 1);
	if (!p->key && m->pairs == PAIRS_MAX)
		return 0;
	m->pairs += !p->key;
	*p = (struct story_pair){ key + 1, value };
	return 0;
}

uint64_t story_map_get(const struct story_map *m, uint64_t key, uint64_t none)
{
	const struct story_pair *p;

	if (!m->room || key == UINT64_MAX)
		return none;
	p = find(m, key + 1);
	return p->key ? p->value : none;
}
