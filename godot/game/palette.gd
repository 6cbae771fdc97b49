class_name Palette
extends RefCounted
## The colours of the chart. Each meaning has a shape or a word too.

const INK := Color("e8edf4")
const MUTED := Color("9fb0c3")
const LINE := Color("2a3a4e")
## Ore and whatever has to do with it.
const ORE := Color("f2b457")
## Ships, shields, ways.
const TEAL := Color("5cc8c2")
## Fights and damage.
const RED := Color("ff7a68")
const GREEN := Color("93d17f")
const ROCK := Color("4a4438")
