/** Options that commands have in common. */
package org.rgflow.cli.options;
