/**
 * The {@code rgflow} command: commands over {@code org.rgflow.spark}, the configuration, progress
 * and errors in one line. Start at {@link org.rgflow.cli.RgFlow}.
 */
package org.rgflow.cli;
