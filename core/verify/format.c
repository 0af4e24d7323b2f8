/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/verify/format.h"

#include <string.h>

#include "core/property.h"

uint64_t certificate_sum(uint64_t sum, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--)
		sum = (sum ^ *p++) * 1099511628211u;
	return sum;
}

static uint64_t add_text(uint64_t sum, const char *text)
{
	return certificate_sum(sum, text, strlen(text) + 1);
}

static uint64_t add_number(uint64_t sum, uint32_t number)
{
	return certificate_sum(sum, &number, sizeof(number));	/* as this machine has it */
}

uint64_t certificate_layout(void)
{
	uint64_t sum = CERTIFICATE_SUM_BEGIN;
	const struct field *field;
	size_t n;

	sum = add_number(sum, sizeof(struct mem));
	sum = add_number(sum, sizeof(struct task));
	field = world_fields(&n);
	for (size_t i = 0; i < n; i++) {
		sum = add_text(add_text(sum, field[i].kind), field[i].name);
		sum = add_number(add_number(sum, field[i].index), field[i].size);
		sum = add_number(sum, field[i].offset);
	}
	for (enum op op = 0; op < OP_COUNT; op++)
		sum = add_text(sum, op_name(op));
	for (size_t i = 0; i < step_count(); i++)
		sum = add_number(add_text(sum, step_op_name(step_at(i))), step_at(i)->line);
	return sum;
}

uint32_t certificate_properties(void)
{
	uint32_t all = PROPERTY_COUNT == 32 ? UINT32_MAX : (1u << PROPERTY_COUNT) - 1;

	return all & ~properties_costs() & ~(1u << PROP_LIVELOCK);
}
