/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * act.h - what the files share that change a view.  Private to ui/view.
 */
#ifndef SWAPSCOPE_UI_VIEW_ACT_H
#define SWAPSCOPE_UI_VIEW_ACT_H

#include "ui/panel/panel.h"
#include "ui/view/view.h"

void view_say(struct view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void move_to(struct view *v, uint64_t at);	/* the cursor of the pane with the focus */

/* ---- the object that is looked at (object.c) ---- */

void act_on_object(struct view *v, enum command_id command);
void object_prompt_key(struct view *v, const char *key);

/* Look at what a finding speaks of. */
void look_at_finding(struct view *v, const struct trace_finding *f);

/* ---- what the kernel was seen to do (seen.c) ---- */

/* To the next step that events show, or the one before; to that of the event with a stamp. */
void go_to_seen(struct view *v, bool after);
void go_to_stamp(struct view *v, const char *stamp);

#endif
