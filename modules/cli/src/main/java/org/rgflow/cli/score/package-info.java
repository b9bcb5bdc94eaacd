/** The commands that judge by likelihood: scores, evaluations, outliers, classes. */
package org.rgflow.cli.score;
