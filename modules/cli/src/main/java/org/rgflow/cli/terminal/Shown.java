package org.rgflow.cli.terminal;

import java.io.PrintWriter;

/**
 * Where a command tells how it goes.
 *
 * @param progress nowhere with {@code --quiet}
 * @param warnings stderr, always
 */
public record Shown(PrintWriter progress, PrintWriter warnings) {}
