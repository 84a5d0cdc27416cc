//! Starts and stops the program, in order.
