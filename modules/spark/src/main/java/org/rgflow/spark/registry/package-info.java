/**
 * Models by name, their versions, and which of them is the champion, on any Hadoop file system; may
 * use {@code model} and the files of the package above.
 */
package org.rgflow.spark.registry;
