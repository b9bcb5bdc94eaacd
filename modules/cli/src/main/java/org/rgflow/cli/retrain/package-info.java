/** The commands of a schedule: retraining, the registry, and the watch for drift. */
package org.rgflow.cli.retrain;
