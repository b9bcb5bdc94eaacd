/** Who may write a folder of any Hadoop file system; uses the files of the package above alone. */
package org.rgflow.spark.lease;
