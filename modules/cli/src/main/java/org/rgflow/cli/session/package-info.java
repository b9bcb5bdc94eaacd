/** The Spark session of a command, and the file systems that its paths name. */
package org.rgflow.cli.session;
