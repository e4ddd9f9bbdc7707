//! The built tool against the emulator: arguments in, exit code and words out.
#![cfg(test)]

mod about;
mod audit;
mod close;
mod console;
mod rules;
mod stack;
mod status;
mod trail;
mod whom;
mod wrong;
