/**
 * A kernel of Jupyter whose cells are Java: JShell evaluates them in one process that has Spark and
 * rgflow on its class path. Start at {@link org.rgflow.notebook.JavaKernel}; what cells have at
 * hand is {@link org.rgflow.notebook.Notebook}. Uses {@code cli}; nothing uses it.
 */
package org.rgflow.notebook;
