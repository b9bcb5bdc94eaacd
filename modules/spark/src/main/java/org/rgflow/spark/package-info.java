/**
 * RG-Flow on Spark, in the order data passes: {@code ingest} decodes files into blocks, {@code
 * train} learns by averaging rounds, {@code model} keeps what was learnt, {@code score} and {@code
 * sample} use it. {@code files} is how all of them write, {@code lease} how a folder has one
 * writer.
 *
 * <p>Its own classes are what several of these share: elements turned batch by batch, names of
 * constants, an application's cores, what went wrong in a job or in all rows of a table, and the
 * threads of an operator.
 */
package org.rgflow.spark;
