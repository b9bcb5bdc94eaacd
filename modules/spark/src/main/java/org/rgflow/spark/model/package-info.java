/**
 * The trained model as one file, DL4J's network zip and how data becomes its input; its numbers by
 * name.
 */
package org.rgflow.spark.model;
