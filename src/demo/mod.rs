//! An embedded fleet with planted faults: real HTTP servers on loopback that verify real tokens.
