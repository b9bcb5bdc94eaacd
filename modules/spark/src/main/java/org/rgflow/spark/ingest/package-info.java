/**
 * Examples as Spark data: files of images, on any file system Hadoop knows, and what others have
 * decoded; strict shards to train on, and tolerant streams to score. Uses the readers of {@code
 * org.rgflow.data}; knows no model.
 */
package org.rgflow.spark.ingest;
