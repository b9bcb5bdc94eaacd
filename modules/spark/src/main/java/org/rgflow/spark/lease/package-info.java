/** Who may write a folder of any Hadoop file system; uses {@code files} alone. */
package org.rgflow.spark.lease;
