/**
 * Files of images, on any file system Hadoop knows, as Spark data: strict shards to train on, and
 * tolerant streams to score. Uses the readers of {@code org.rgflow.data}; knows no model.
 */
package org.rgflow.spark.ingest;
