/**
 * The product as it is deployed: {@code bin/rgflow} with the one jar, on Spark, HDFS, S3 and YARN
 * of separate processes, which the tests start, kill and start again. Nothing of the product is on
 * the tests' class path.
 */
package org.rgflow.cluster;
