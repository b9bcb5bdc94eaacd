/**
 * Files of any Hadoop file system: written whole, summed, watched; uses no other package of this
 * module.
 */
package org.rgflow.spark.files;
