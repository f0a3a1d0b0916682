/// Where frames enter and leave a node.
@NullMarked
package io.boomerang.redirector.port;

import org.jspecify.annotations.NullMarked;
