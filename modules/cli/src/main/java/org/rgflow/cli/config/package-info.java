/** The configuration: every key, where its value comes from, and the records it makes. */
package org.rgflow.cli.config;
