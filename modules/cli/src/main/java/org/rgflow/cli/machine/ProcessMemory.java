package org.rgflow.cli.machine;

/**
 * What a Java process may take.
 *
 * @param heap bytes of Java's heap at most
 * @param offHeap bytes of native buffers at most; 0 for no limit
 * @param resident bytes of the whole process past which native buffers are refused; 0 for no limit
 */
record ProcessMemory(long heap, long offHeap, long resident) {}
