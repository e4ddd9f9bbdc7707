//! All tests outside the crates, in one binary; but for those of `real/`, which need root and Debian.
#![cfg(test)]

mod aws;
mod blip;
mod conformance;
mod connections;
mod content;
mod contract;
mod end_to_end;
mod every_port;
mod fuzz;
mod helpdesk;
mod imports;
mod infra;
mod lime;
mod pages;
mod pictures;
mod prism;
mod relay;
mod rest;
mod rules;
mod simulation;
mod template;
mod webhook_endpoints;
