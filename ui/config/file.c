/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.c - which file has the settings, and what is in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ui/config/config.h"
#include "ui/terminal/tty.h"
#include "ui/text/text.h"

void config_path(char *path)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	*path = '\0';
	if (config && *config == '/')		/* another means nothing, says its standard */
		snprintf(path, CONFIG_PATH_MAX, "%s/swapscope/config", config);
	else if (home && *home)
		snprintf(path, CONFIG_PATH_MAX, "%s/.config/swapscope/config", home);
}

/* At most `size` bytes of a file; more, or what is no file, is an error.  Bytes or -errno. */
static ssize_t read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);	/* a pipe would wait */
	ssize_t n = 0, got = 1;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	}
	while (got > 0 && (size_t)n < size) {
		got = read(fd, text + n, size - (size_t)n);
		n = got < 0 ? -errno : n + got;
		if (got < 0)
			break;
	}
	close(fd);
	return n;
}

int config_load(struct config *c, const char *path)
{
	char users[CONFIG_PATH_MAX], err[CONFIG_ERROR_MAX], *text;
	bool may_lack = !path;
	unsigned line;
	ssize_t n;
	int status = EXIT_OK;

	config_init(c);
	if (!path) {
		config_path(users);
		path = users;
	}
	if (!*path)
		return EXIT_OK;
	text = malloc(CONFIG_SIZE_MAX + 1);
	if (!text)
		return usage_error("out of memory");
	n = read_file(path, text, CONFIG_SIZE_MAX + 1);
	if (n < 0 && !(may_lack && (n == -ENOENT || n == -ENOTDIR)))
		status = usage_error("%s: %s", path, n == -EINVAL ? "it is no file of text" :
				     strerror((int)-n));
	else if (n > CONFIG_SIZE_MAX)
		status = usage_error("%s: more than %d bytes are no settings", path,
				     CONFIG_SIZE_MAX);
	else if (n > 0 && config_parse(c, text, (size_t)n, &line, err))
		status = usage_error("%s:%u: %s", path, line, err);
	free(text);
	return status;
}

int config_use(struct config *c)
{
	int status = config_load(c, NULL);
	struct tty_settings s;

	if (status)
		return status;
	s = (struct tty_settings){ .theme = *c->theme, .ascii = c->ascii, .mouse = c->mouse };
	for (unsigned i = 0; i < STYLE_COUNT; i++)
		if (c->look_line[i])
			s.theme.look[i] = c->look[i];
	tty_use(&s);
	return EXIT_OK;
}

const char *config_author(const struct config *c, char *name, size_t size)
{
	const char *said = getenv("SWAPSCOPE_AUTHOR");
	const struct passwd *login;

	if (!said || !*said)
		said = c && c->author_line ? c->author : NULL;
	if (!said) {
		login = getpwuid(getuid());
		said = login ? login->pw_name : NULL;
	}
	snprintf(name, size, "%s", said ? said : "");
	return name;
}
