/**
 * RG-Flow on Spark, in the order data passes: {@code ingest} decodes files into blocks, {@code
 * train} learns by averaging rounds, {@code model} keeps what was learnt, {@code score} and {@code
 * sample} use it. {@code files} and {@code lease} are how all of them write.
 */
package org.rgflow.spark;
