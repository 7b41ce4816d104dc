/** The sandboxes that run or have run under a name: their folders, their locks, and what they left behind. */
@org.jspecify.annotations.NullMarked
package io.nsbox.state;
