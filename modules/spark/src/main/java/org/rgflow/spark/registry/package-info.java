/**
 * Models by name, their versions, and which of them is the champion, on any Hadoop file system; may
 * use {@code model}, {@code lease} and {@code files}.
 */
package org.rgflow.spark.registry;
