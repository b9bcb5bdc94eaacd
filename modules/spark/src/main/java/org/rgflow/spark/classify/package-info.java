/** Classes of examples by Bayes' theorem, from one model to each class. */
package org.rgflow.spark.classify;
