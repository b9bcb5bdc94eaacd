/** The machines that commands run on: what computes there, and whether it can do the work. */
package org.rgflow.cli.machine;
