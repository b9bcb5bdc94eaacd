/**
 * What travels between driver and executors, as Kryo must be told: knows classes of the other
 * packages, none of which knows it.
 */
package org.rgflow.spark.kryo;
