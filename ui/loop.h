/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.h - keys and signals in, screens out.  The only file with libuv.
 */
#ifndef SWAPSCOPE_UI_LOOP_H
#define SWAPSCOPE_UI_LOOP_H

#include "ui/view.h"

/*
 * Show a view until it is left.  Returns 0, -ENOTTY or -ENOTSUP when there is no terminal to
 * show it on (tty_open()), -EINTR when a signal ended it, or another negative errno.  The
 * terminal is given back as it was, whatever happens.
 */
int loop_run(struct view *v);

#endif
