/* The words of watch checks (SPEC 7.2). */
#include "proto/words.h"

const char *const words[WORD_LISTS][WORDS] = {
    [WORDS_ENGLISH] =
	{
	    "apple", "arrow", "bamboo", "basket", "bell", "bridge", "candle", "canal", "cedar", "circle", "cloud",
	    "coral", "cotton", "desk", "door", "eagle", "ember", "ferry", "field", "flute", "forest", "garden",
	    "ginger", "island", "jacket", "kettle", "ladder", "lamp", "lemon", "letter", "market", "meadow", "mirror",
	    "moon", "needle", "north", "orange", "orchid", "paper", "pearl", "pencil", "pepper", "pillow", "planet",
	    "pocket", "river", "rope", "salt", "shadow", "silver", "spoon", "stone", "sugar", "summer", "temple",
	    "thread", "tiger", "tower", "valley", "violin", "window", "winter", "yellow", "zebra",
	},
    [WORDS_THAI] =
	{
	    "น้ำ", "ดิน", "ฟ้า", "ภูเขา", "ต้นไม้", "ข้าว", "เกลือ", "ส้ม", "มะม่วง", "กล้วย", "ช้าง", "ม้า", "เสือ",
	    "ผึ้ง", "เต่า", "กุ้ง", "ปู", "บ้าน", "ประตู", "โต๊ะ", "เก้าอี้", "ตู้", "เตียง", "ผ้า", "เสื้อ", "ร่ม",
	    "กระเป๋า", "หนังสือ", "ดินสอ", "นาฬิกา", "เรือ", "วัด", "เมือง", "จันทร์", "เช้า", "เย็น", "เหนือ", "ใต้",
	    "เงิน", "หิน", "แก้ว", "ช้อน", "มีด", "กุญแจ", "ตะกร้า", "เชือก", "เข็ม", "ด้าย", "ระฆัง", "ขลุ่ย", "พิณ",
	    "หมี", "ลิง", "ไก่", "เป็ด", "วัว", "พริก", "ขิง", "เห็ด", "ถั่ว", "มะพร้าว", "ผีเสื้อ", "กระต่าย",
	    "คลื่น",
	},
    [WORDS_VIETNAMESE] =
	{
	    "nước", "lửa", "đất", "gió", "trời", "biển", "núi", "sông", "đường", "cầu", "nhà", "cửa", "bàn", "ghế",
	    "giường", "gối", "đèn", "sách", "bút", "giấy", "thư", "áo", "mũ", "giày", "túi", "kéo", "nồi", "chén",
	    "đũa", "cơm", "gạo", "muối", "mía", "chuối", "dừa", "bưởi", "nhãn", "đào", "cúc", "hồng", "lúa", "ngựa",
	    "trâu", "bò", "mèo", "gà", "vịt", "cá", "khỉ", "rùa", "ếch", "bướm", "kiến", "đỏ", "vàng", "trắng", "tím",
	    "chiều", "bắc", "thuyền", "phố", "chợ", "rừng", "nắng",
	},
};
