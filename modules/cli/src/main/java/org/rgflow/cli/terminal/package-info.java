/** What a command shows while it runs, and how it is asked to stop. */
package org.rgflow.cli.terminal;
