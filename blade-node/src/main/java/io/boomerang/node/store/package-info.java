/// Nodes whose sessions outlive their process: what ties a redirector or a blade to the files of
/// `io.boomerang.redirector.store`, and the thread that writes them.
@NullMarked
package io.boomerang.node.store;

import org.jspecify.annotations.NullMarked;
