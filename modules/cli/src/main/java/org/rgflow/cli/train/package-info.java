/** The commands that train, and those of checkpoints. */
package org.rgflow.cli.train;
